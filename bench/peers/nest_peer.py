"""COBA or Brunel's asynchronous irregular state in NEST; prints one JSON line.

    python nest_peer.py coba --seconds 1 --seed 1 --threads 1

COBA uses `iaf_cond_exp`, which integrates adaptively (Runge-Kutta-Fehlberg 4/5), and a delay of one step,
since NEST has none of zero. Brunel uses `iaf_psc_delta` with exact integration. `build` is the time to
make and wire the network, `running` that of the simulation alone.
"""

import argparse
import json
import sys
import time

import nest
import numpy as np

from brian2_peer import REGIMES, spread


def coba():
    cells = nest.Create("iaf_cond_exp", 4000, params=dict(
        C_m=200.0, g_L=10.0, E_L=-60.0, V_th=-50.0, V_reset=-60.0, t_ref=5.0,
        tau_syn_ex=5.0, tau_syn_in=10.0, E_ex=0.0, E_in=-80.0))
    cells.V_m = nest.random.normal(-65.0, 5.0)
    rng = np.random.default_rng(nest.rng_seed)
    # What Brian2's version starts with: conductances in units of the leak, times 10 nS.
    cells.set([dict(g_ex=max(float(e), 0.0) * 10, g_in=max(float(i), 0.0) * 10)
               for e, i in zip(rng.normal(4, 1.5, 4000), rng.normal(20, 12, 4000))])
    rule = dict(rule="pairwise_bernoulli", p=0.02, allow_autapses=True)
    nest.Connect(cells[:3200], cells, rule, dict(weight=6.0, delay=0.1))
    nest.Connect(cells[3200:], cells, rule, dict(weight=-67.0, delay=0.1))
    return cells


def brunel(regime):
    inhibition, drive = REGIMES[regime]
    cells = nest.Create("iaf_psc_delta", 12500, params=dict(
        C_m=1.0, tau_m=20.0, E_L=0.0, V_th=20.0, V_reset=10.0, t_ref=2.0, I_e=0.0))
    cells.V_m = nest.random.uniform(0.0, 20.0)
    noise = nest.Create("poisson_generator", params=dict(rate=1000 * drive * 10.0))
    nest.Connect(noise, cells, syn_spec=dict(weight=0.1, delay=1.5))
    nest.Connect(cells[:10000], cells, dict(rule="fixed_indegree", indegree=1000), dict(weight=0.1, delay=1.5))
    nest.Connect(cells[10000:], cells, dict(rule="fixed_indegree", indegree=250), dict(weight=-0.1 * inhibition, delay=1.5))
    return cells


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["coba", *REGIMES])
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--discard", type=float, default=0.5)
    parser.add_argument("--spikes")
    arguments = parser.parse_args()
    began = time.perf_counter()
    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.set(resolution=0.1, local_num_threads=arguments.threads, rng_seed=arguments.seed)
    cells = coba() if arguments.network == "coba" else brunel(arguments.network)
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    nest.Prepare()
    build = time.perf_counter() - began
    began = time.perf_counter()
    nest.Run(arguments.seconds * 1000.0)
    running = time.perf_counter() - began
    nest.Cleanup()
    events = recorder.get("events")
    cell, moment = np.asarray(events["senders"]) - cells[0].global_id, np.asarray(events["times"]) / 1000
    kept = moment >= arguments.discard
    intervals, cv = spread(cell[kept], moment[kept])
    counted = arguments.seconds - arguments.discard
    if arguments.spikes:
        np.savez_compressed(arguments.spikes, cell=cell.astype(np.int32), time=moment, cells=len(cells))
    print(json.dumps(dict(
        peer="NEST " + nest.__version__, network=arguments.network, integrator="iaf_cond_exp" if arguments.network == "coba" else "exact",
        seconds=arguments.seconds, seed=arguments.seed, threads=arguments.threads, build=round(build, 3), running=round(running, 4),
        process=round(build + running, 4), rate=float(kept.sum() / len(cells) / counted) if counted > 0 else None,
        spikes=int(len(cell)), interval_mean=float(intervals.mean()) if len(intervals) else None, cv=cv,
    )))


if __name__ == "__main__":
    sys.exit(main())

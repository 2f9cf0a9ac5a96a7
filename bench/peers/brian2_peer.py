"""One benchmark network in Brian2's C++ standalone mode; prints one JSON line.

    python brian2_peer.py coba --integrator exponential_euler --seconds 10 --seed 1 --threads 1

Equations and parameters are those of the papers:
  coba, cuba, cobahh   Brette et al. (2007) J. Comput. Neurosci. 23:349, benchmarks 1, 2 and 3
  brunel-*             Brunel (2000) J. Comput. Neurosci. 8:183, model A, figure 8

The line holds `build` (seconds to generate and compile), `running` (seconds inside the loop over
time steps), `process` (seconds of the compiled program, wiring and files included), `rate` (mean, Hz,
from `--discard` on) and the spread of the inter-spike intervals (`cv`, mean over cells).
"""

import argparse
import json
import os
import sys
import tempfile
import time

import brian2
import numpy as np
from brian2 import Hz, Network, NeuronGroup, PoissonInput, SpikeMonitor, Synapses, mV, ms, second

CELLS = 4000
EXCITATORY = 3200

# Brunel's four regimes: relative strength of inhibition, external rate over the rate at threshold.
REGIMES = {"brunel-sr": (3.0, 2.0), "brunel-si-fast": (6.0, 4.0), "brunel-ai": (5.0, 2.0), "brunel-si-slow": (4.5, 0.9)}


def wire(cells, excitatory_effect, inhibitory_effect):
    """The random wiring that the three benchmarks of Brette et al. share: every pair with 2 %."""
    excitatory = Synapses(cells[:EXCITATORY], cells, on_pre=excitatory_effect)
    excitatory.connect(p=0.02)
    inhibitory = Synapses(cells[EXCITATORY:], cells, on_pre=inhibitory_effect)
    inhibitory.connect(p=0.02)
    return [excitatory, inhibitory]


def coba(integrator):
    cells = NeuronGroup(
        CELLS,
        """
        dv/dt  = (ge*(0*mV - v) + gi*(-80*mV - v) + (-60*mV - v)) / (20*ms) : volt (unless refractory)
        dge/dt = -ge/(5*ms)  : 1
        dgi/dt = -gi/(10*ms) : 1
        """,
        threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method=integrator,
    )
    cells.v = "-60*mV + (randn()*5 - 5)*mV"
    cells.ge = "randn()*1.5 + 4"
    cells.gi = "randn()*12 + 20"
    return cells, wire(cells, "ge += 0.6", "gi += 6.7")


def cuba(integrator):
    cells = NeuronGroup(
        CELLS,
        """
        dv/dt  = (ge + gi - (v + 49*mV)) / (20*ms) : volt (unless refractory)
        dge/dt = -ge/(5*ms)  : volt
        dgi/dt = -gi/(10*ms) : volt
        """,
        threshold="v > -50*mV", reset="v = -60*mV", refractory=5 * ms, method=integrator,
    )
    cells.v = "-60*mV + rand()*10*mV"
    return cells, wire(cells, "ge += 1.62*mV", "gi += -9*mV")


def cobahh(integrator):
    from brian2 import cm, msiemens, nS, siemens, uF, um

    area = 20000 * um**2
    namespace = dict(
        C=(1 * uF / cm**2) * area, g_L=(5e-5 * siemens / cm**2) * area,
        g_Na=(100 * msiemens / cm**2) * area, g_K=(30 * msiemens / cm**2) * area,
        E_L=-60 * mV, E_K=-90 * mV, E_Na=50 * mV, V_T=-63 * mV, E_e=0 * mV, E_i=-80 * mV,
        nS=nS,
    )
    cells = NeuronGroup(
        CELLS,
        """
        dv/dt = (g_L*(E_L - v) + ge*(E_e - v) + gi*(E_i - v) - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K)) / C : volt
        dm/dt = alpha_m*(1 - m) - beta_m*m : 1
        dn/dt = alpha_n*(1 - n) - beta_n*n : 1
        dh/dt = alpha_h*(1 - h) - beta_h*h : 1
        dge/dt = -ge/(5*ms)  : siemens
        dgi/dt = -gi/(10*ms) : siemens
        alpha_m = 1.28/exprel((13*mV - v + V_T)/(4*mV))/ms : Hz
        beta_m  = 1.4/exprel((v - V_T - 40*mV)/(5*mV))/ms : Hz
        alpha_h = 0.128*exp((17*mV - v + V_T)/(18*mV))/ms : Hz
        beta_h  = 4/(1 + exp((40*mV - v + V_T)/(5*mV)))/ms : Hz
        alpha_n = 0.16/exprel((15*mV - v + V_T)/(5*mV))/ms : Hz
        beta_n  = 0.5*exp((10*mV - v + V_T)/(40*mV))/ms : Hz
        """,
        threshold="v > -20*mV", refractory=3 * ms, method=integrator, namespace=namespace,
    )
    cells.v = "E_L + (randn()*5 - 5)*mV"
    cells.ge = "(randn()*1.5 + 4)*10*nS"
    cells.gi = "(randn()*12 + 20)*10*nS"
    return cells, wire(cells, "ge += 6*nS", "gi += 67*nS")


def brunel(integrator, regime):
    inhibition, drive = REGIMES[regime]
    excitatory_cells, inhibitory_cells, weight, delay = 10000, 2500, 0.1 * mV, 1.5 * ms
    # The external rate that alone brings the mean potential to threshold: theta / (J C_E tau) = 10 Hz.
    rate_at_threshold = 20 * mV / (weight * 1000 * 20 * ms)
    cells = NeuronGroup(
        excitatory_cells + inhibitory_cells,
        "dv/dt = -v/(20*ms) : volt (unless refractory)",
        threshold="v > 20*mV", reset="v = 10*mV", refractory=2 * ms, method=integrator,
    )
    cells.v = "rand()*20*mV"
    external = PoissonInput(cells, "v", 1000, drive * rate_at_threshold, weight=weight)
    excitatory = Synapses(cells[:excitatory_cells], cells, on_pre="v += 0.1*mV", delay=delay)
    excitatory.connect(i="k for k in sample(N_pre, size=1000)")
    inhibitory = Synapses(
        cells[excitatory_cells:], cells, on_pre="v += -g*0.1*mV", delay=delay, namespace={"g": inhibition}
    )
    inhibitory.connect(i="k for k in sample(N_pre, size=250)")
    return cells, [external, excitatory, inhibitory]


DEFAULT_INTEGRATOR = {"coba": "exponential_euler", "cuba": "exact", "cobahh": "exponential_euler"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["coba", "cuba", "cobahh", *REGIMES])
    parser.add_argument("--integrator", choices=["exponential_euler", "euler", "exact", "rk2", "rk4"])
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1, help="of the wiring, the initial state and the input")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--discard", type=float, default=0.5, help="seconds left out of the statistics")
    parser.add_argument("--spikes", help="an .npz file for the spikes: cell, time (s)")
    parser.add_argument("--folder", help="where to generate; kept and built anew only where it changed")
    arguments = parser.parse_args()
    integrator = arguments.integrator or DEFAULT_INTEGRATOR.get(arguments.network, "exact")

    folder = arguments.folder or tempfile.mkdtemp(prefix="brian2-")
    began = time.perf_counter()
    brian2.prefs.devices.cpp_standalone.openmp_threads = arguments.threads if arguments.threads > 1 else 0
    brian2.set_device("cpp_standalone", directory=folder, build_on_run=False)
    brian2.seed(arguments.seed)
    if arguments.network in REGIMES:
        cells, rest = brunel(integrator, arguments.network)
    else:
        cells, rest = globals()[arguments.network](integrator)
    monitor = SpikeMonitor(cells)
    network = Network(cells, *rest, monitor)
    network.run(arguments.seconds * second)
    device = brian2.get_device()
    device.build(directory=folder, compile=True, run=False, debug=False)
    build = time.perf_counter() - began
    began = time.perf_counter()
    device.run(folder, with_output=False, run_args=[])
    process = time.perf_counter() - began

    cell, moment = np.asarray(monitor.i), np.asarray(monitor.t / second)
    kept = moment >= arguments.discard
    intervals, mean_cv = spread(cell[kept], moment[kept])
    result = dict(
        peer="Brian2 " + brian2.__version__, network=arguments.network, integrator=integrator,
        seconds=arguments.seconds, seed=arguments.seed, threads=arguments.threads, build=round(build, 3),
        running=round(device._last_run_time, 4), process=round(process, 4),
        rate=float(kept.sum() / len(cells) / (arguments.seconds - arguments.discard)) if arguments.seconds > arguments.discard else None,
        spikes=int(len(cell)), interval_mean=float(intervals.mean()) if len(intervals) else None, cv=mean_cv,
    )
    if arguments.spikes:
        np.savez_compressed(arguments.spikes, cell=cell.astype(np.int32), time=moment, cells=len(cells))
    print(json.dumps(result))
    if not arguments.folder:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


def spread(cell, moment):
    """All inter-spike intervals, and the mean over cells (with at least three intervals) of their CV."""
    order = np.lexsort((moment, cell))
    cell, moment = cell[order], moment[order]
    same = cell[1:] == cell[:-1]
    intervals, owner = np.diff(moment)[same], cell[1:][same]
    if len(intervals) == 0:
        return intervals, None
    count = np.bincount(owner)
    total, square = np.bincount(owner, intervals), np.bincount(owner, intervals**2)
    enough = count >= 3
    if not enough.any():
        return intervals, None
    mean = total[enough] / count[enough]
    variance = np.maximum(square[enough] / count[enough] - mean**2, 0)
    return intervals, float(np.mean(np.sqrt(variance) / mean))


if __name__ == "__main__":
    sys.exit(main())

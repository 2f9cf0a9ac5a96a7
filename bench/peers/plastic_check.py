"""Twenty cells, each connected to every other, in Brian2: delays of each synapse, plasticity at both ends, three kinds of refractoriness.

    python plastic_check.py

Writes bench/reference/plastic-network.json: every spike (step, cell) and every weight at the end (mV, by source, then target). No
number is drawn, so that crates/oscine-engine/tests/plastic_network.rs can ask for all of it.
"""

import json
import os

import brian2
import numpy as np
from brian2 import NeuronGroup, SpikeMonitor, Synapses, ms, mV

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference", "plastic-network.json")
CELLS = """
dv/dt = (drive - v + g)/tau_m : volt (unless refractory)
dg/dt = -g/tau_g : volt
drive : volt (constant)
"""
SYNAPSES = """
w : volt
dApre/dt = -Apre/taupre : 1 (event-driven)
dApost/dt = -Apost/taupost : 1 (event-driven)
"""
ON_PRE = """
{reached} += w
Apre += 0.01
w = clip(w + Apost*mV, 0*mV, 2*mV)
"""
ON_POST = """
Apost += -0.0105
w = clip(w + Apre*mV, 0*mV, 2*mV)
"""


def run(reached, refractory):
    brian2.start_scope()
    brian2.defaultclock.dt = 0.1 * ms
    constants = dict(tau_m=10 * ms, tau_g=3 * ms, taupre=20 * ms, taupost=20 * ms)
    cells = NeuronGroup(
        20, CELLS, threshold="v > 15*mV", reset="v = 0*mV", refractory=refractory, method="exact", namespace=constants
    )
    cells.drive = "(14 + 0.37*i)*mV"
    cells.v = "0.5*i*mV"
    synapses = Synapses(cells, cells, SYNAPSES, on_pre=ON_PRE.format(reached=reached), on_post=ON_POST, namespace=constants)
    synapses.connect(condition="i != j")
    synapses.w = "(0.2 + 0.01*((i*7 + j*3) % 11))*mV"
    synapses.pre.delay = "(0.5 + 0.1*((i*5 + j*3) % 7))*ms"
    synapses.post.delay = 0.3 * ms
    monitor = SpikeMonitor(cells)
    brian2.Network(cells, synapses, monitor).run(400 * ms)
    steps, fired = np.rint(np.asarray(monitor.t / ms) * 10).astype(int), np.asarray(monitor.i)
    order = np.lexsort((fired, steps))
    by_source = np.lexsort((np.asarray(synapses.j), np.asarray(synapses.i)))
    weights = np.asarray(synapses.w / mV)[by_source]
    return dict(
        reached=reached, refractory=refractory, steps=steps[order].tolist(), cells=fired[order].tolist(),
        weights_mV=[round(float(weight), 12) for weight in weights],
    )


def main():
    brian2.prefs.codegen.target = "numpy"
    cases = [run(reached, refractory) for reached in ("g", "v") for refractory in ("(2 + 0*i)*ms", "v > 13*mV", "(1 + 0.1*i)*ms")]
    with open(TARGET, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()

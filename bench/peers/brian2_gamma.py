"""The interneurons of Wang & Buzsaki (1996) in Brian2: rate and rhythm over several draws, to bench/reference.

The equations are those of lab/networks/wang-buzsaki-gamma.toml, read from there.
"""

import json
import os
import sys
import tomllib

import brian2
import numpy as np

from catalogue_check import quantity
from reference_draws import population_peak

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    network = tomllib.load(open(os.path.join(HERE, "..", "..", "lab", "networks", "wang-buzsaki-gamma.toml"), "rb"))
    cell, synapse = network["neurons"]["interneurons"], network["synapses"]["mutual"]
    brian2.defaultclock.dt = quantity(network["run"]["dt"])
    draws = []
    for seed in range(1, 7):
        brian2.start_scope()
        brian2.seed(seed)
        constants = {name: quantity(text) for name, text in cell["parameters"].items() if name != "drive"}
        group = brian2.NeuronGroup(
            cell["count"], cell["equations"], threshold=cell["threshold"], refractory=cell["refractory"], method="rk4", namespace=constants
        )
        group.drive = cell["parameters"]["drive"]
        for name, text in cell["initial"].items():
            setattr(group, name, text)
        mutual = brian2.Synapses(group, group, synapse["equations"])
        mutual.connect(p=synapse["connect"]["probability"])
        monitor = brian2.SpikeMonitor(group)
        brian2.Network(group, mutual, monitor).run(1 * brian2.second)
        moment = np.asarray(monitor.t / brian2.second)
        kept = moment[moment >= 0.3]
        rhythm, height = population_peak(kept, cell["count"], 0.3, 1.0, 1e-3)
        draws.append(dict(seed=seed, rate_Hz=len(kept) / 0.7 / cell["count"], rhythm_Hz=rhythm, rhythm_over_flat=round(height, 1)))
        print(draws[-1], file=sys.stderr, flush=True)
    with open(os.path.join(HERE, "..", "reference", "wang-buzsaki-gamma.json"), "w") as file:
        json.dump(dict(peer="Brian2 " + brian2.__version__, statistics_from=0.3, seconds=1.0, draws=draws), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()

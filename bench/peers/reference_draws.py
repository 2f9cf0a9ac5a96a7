"""Runs Brian2 over several draws of the wiring and keeps what a quick check of Oscine needs.

    python reference_draws.py coba --draws 10 --seconds 10

Writes bench/reference/NETWORK.json: the mean rate of each draw, the CV of the inter-spike intervals
(mean over cells), quantiles of all intervals pooled, and, for the regimes of Brunel, the peak of the
spectrum of the population rate. Statistics begin at `--discard`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

from brian2_peer import REGIMES, spread

HERE = os.path.dirname(os.path.abspath(__file__))


def population_peak(moment, cells, begin, end, bin_width=0.5e-3):
    """Frequency (Hz) and height over the flat (Poisson) level of the greatest peak of the population rate above 5 Hz."""
    count, _ = np.histogram(moment, bins=np.arange(begin, end + bin_width / 2, bin_width))
    length = int(round(0.25 / bin_width))
    window = np.hanning(length)
    pieces = [count[k : k + length] for k in range(0, len(count) - length + 1, length // 2)]
    power = np.mean([np.abs(np.fft.rfft((piece - piece.mean()) * window)) ** 2 for piece in pieces], axis=0)
    frequency = np.fft.rfftfreq(length, bin_width)
    flat = count.mean() * np.sum(window**2)
    place = np.argmax(np.where(frequency > 5, power, 0))
    return float(frequency[place]), float(power[place] / flat)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--discard", type=float, default=0.5)
    parser.add_argument("--integrator")
    arguments = parser.parse_args()
    runs, intervals, peaks = [], [], []
    with tempfile.TemporaryDirectory(prefix="reference-") as folder:
        for seed in range(1, arguments.draws + 1):
            spikes = os.path.join(folder, "spikes.npz")
            command = [
                sys.executable, os.path.join(HERE, "brian2_peer.py"), arguments.network, "--seconds", str(arguments.seconds),
                "--seed", str(seed), "--discard", str(arguments.discard), "--spikes", spikes, "--folder", os.path.join(folder, "code"),
            ]
            if arguments.integrator:
                command += ["--integrator", arguments.integrator]
            runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]))
            print(json.dumps(runs[-1]), file=sys.stderr, flush=True)
            with np.load(spikes) as stored:
                kept = stored["time"] >= arguments.discard
                intervals.append(spread(stored["cell"][kept], stored["time"][kept])[0])
                if arguments.network in REGIMES:
                    peaks.append(population_peak(stored["time"], int(stored["cells"]), arguments.discard, arguments.seconds))
    pooled = np.concatenate(intervals)
    rates = [run["rate"] for run in runs]
    result = dict(
        peer=runs[0]["peer"], network=arguments.network, integrator=runs[0]["integrator"], seconds=arguments.seconds,
        statistics_from=arguments.discard, draws=arguments.draws, rate_mean_Hz=float(np.mean(rates)), rate_of_each_draw_Hz=rates,
        interval_cv_mean_over_cells=float(np.mean([run["cv"] for run in runs])), cv_of_each_draw=[run["cv"] for run in runs],
        intervals=len(pooled), interval_mean_s=float(pooled.mean()),
        interval_quantile_levels=[round(level, 3) for level in np.linspace(0, 1, 101)],
        interval_quantiles_s=[round(float(q), 6) for q in np.quantile(pooled, np.linspace(0, 1, 101))],
    )
    if peaks:
        result["population_peak_Hz"] = [peak[0] for peak in peaks]
        result["population_peak_over_flat"] = [round(peak[1], 2) for peak in peaks]
    target = os.path.join(HERE, "..", "reference", arguments.network + ".json")
    with open(target, "w") as file:
        json.dump(result, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()

"""Oscine beside Brian2 and NEST, in one go: writes results.md.

    bench/peers/setup.sh                                  # once
    cargo build --release
    bench/.venv/bin/python bench/compare.py               # all; about half an hour on two cores
    bench/.venv/bin/python bench/compare.py --only coba --threads 1 --draws 0 --no-nest

Both sides run the same network with the same integrator, step and precision, and keep the spikes of all
cells. The sides alternate, run by run, so that a busy machine is busy for both; the smallest of the
repeats counts. `running` is the loop over time steps alone on either side. `whole` is from command to
finished results: for Brian2 that is Python, code generation, compilation, the run, and reading the spikes;
for Oscine the process with its results folder and report.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas
import scipy.stats

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(HERE, "peers"))

# Network, integrator, seconds of biological time.
CASES = [
    ("coba", "exponential-euler", 10.0),
    ("coba", "euler", 10.0),
    ("cuba", "exact", 10.0),
    ("cobahh", "exponential-euler", 1.0),
    ("brunel-ai", "exact", 1.0),
]
NEST_CASES = [("coba", 1.0), ("brunel-ai", 1.0)]
DISCARD = 0.5


def experiment(network, integrator, seconds, seed, folder):
    """The lab's file with the spikes as its only record, and this run's duration, seed and integrator."""
    text = open(os.path.join(ROOT, "lab", "networks", network + ".toml")).read()
    sections = re.split(r"(?m)^(?=\[)", text)
    kept = [part for part in sections if not re.match(r"\[record\.(?!raster)|\[measure|\[\[claim|\[\[figure|\[sweep", part)]
    run = f'[run]\nduration = "{seconds} s"\ndt = "0.1 ms"\nseed = {seed}\nintegrator = "{integrator}"\n\n'
    kept = [run if part.startswith("[run]") else part for part in kept]
    path = os.path.join(folder, f"{network}-{integrator}-{seed}.toml")
    with open(path, "w") as file:
        file.write("".join(kept))
    return path


def run_oscine(arguments, network, integrator, seconds, threads, seed, folder):
    """Running and whole seconds, and the spikes (cell, time in s)."""
    path = experiment(network, integrator, seconds, seed, folder)
    out = os.path.join(folder, "oscine-results")
    shutil.rmtree(out, ignore_errors=True)
    began = time.perf_counter()
    done = subprocess.run(
        [arguments.oscine, "run", path, "--out", out, "--json", "--threads", str(threads)], capture_output=True, text=True
    )
    whole = time.perf_counter() - began
    if done.returncode not in (0, 1) or not os.path.exists(os.path.join(out, "summary.json")):
        raise RuntimeError(f"oscine run {path} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    summary = json.load(open(os.path.join(out, "summary.json")))
    spikes = pandas.read_parquet(os.path.join(out, summary["records"]["raster"]["file"]))
    return summary["seconds"]["running"], whole, spikes["cell"].to_numpy(), spikes["time"].to_numpy()


def run_peer(script, network, seconds, threads, seed, folder, extra=()):
    """The peer's own JSON line, the wall time of the whole process, and the spikes."""
    spikes = os.path.join(folder, "peer.npz")
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, os.path.join(HERE, "peers", script), network, "--seconds", str(seconds), "--threads", str(threads),
         "--seed", str(seed), "--spikes", spikes, *extra],
        capture_output=True, text=True,
    )
    whole = time.perf_counter() - began
    if done.returncode != 0:
        raise RuntimeError(f"{script} {network} failed:\n{done.stderr[-2000:]}")
    stored = np.load(spikes)
    return json.loads(done.stdout.strip().splitlines()[-1]), whole, stored["cell"], stored["time"]


def run_brian2(network, integrator, seconds, threads, seed, folder, code):
    extra = ["--integrator", integrator.replace("-", "_"), "--folder", code]
    return run_peer("brian2_peer.py", network, seconds, threads, seed, folder, extra)


def rate(cell, moment, cells, seconds):
    return np.count_nonzero(moment >= DISCARD) / cells / (seconds - DISCARD)


def compare_speed(arguments, folder, lines):
    lines += [
        "## Speed", "",
        "Smallest of the repeats, in seconds. A ratio above 1 is Oscine's advantage.", "",
        "| network | integrator | biological time | threads | Brian2 running | Oscine running | ratio | Brian2 whole | Oscine whole | ratio | rates (Hz) |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for network, integrator, seconds in CASES:
        if arguments.only and network not in arguments.only:
            continue
        for threads in arguments.threads:
            code = os.path.join(folder, f"code-{network}-{integrator}-{threads}")
            peer_running, peer_whole, own_running, own_whole = [], [], [], []
            for _ in range(arguments.repeats):
                running, whole, cell, moment = run_oscine(arguments, network, integrator, seconds, threads, 1, folder)
                own_running.append(running)
                own_whole.append(whole)
                cells = 12500 if network.startswith("brunel") else 4000
                own_rate = rate(cell, moment, cells, seconds)
                line, whole, _, _ = run_brian2(network, integrator, seconds, threads, 1, folder, code)
                peer_running.append(line["running"])
                # Only the first starts from nothing: later ones find their compiled code.
                peer_whole = peer_whole or [whole]
            row = [min(peer_running), min(own_running), peer_whole[0], min(own_whole)]
            lines.append(
                f"| {network} | {integrator} | {seconds:g} s | {threads} | {row[0]:.3f} | {row[1]:.3f} | {row[0] / row[1]:.2f} "
                f"| {row[2]:.1f} | {row[3]:.2f} | {row[2] / row[3]:.1f} | {line['rate']:.2f}, {own_rate:.2f} |"
            )
            print(lines[-1], flush=True)
            shutil.rmtree(code, ignore_errors=True)
    lines.append("")


def compare_nest(arguments, folder, lines):
    lines += [
        "## NEST", "", "NEST 3.10 (`iaf_cond_exp` with its adaptive solver; `iaf_psc_delta`); medians of the repeats, in seconds.", "",
        "| network | biological time | threads | NEST running | Oscine running | ratio | NEST whole | Oscine whole | ratio |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for network, seconds in NEST_CASES:
        if arguments.only and network not in arguments.only:
            continue
        integrator = "exact" if network.startswith("brunel") else "exponential-euler"
        for threads in arguments.threads:
            own_running, own_whole, peer_running, peer_whole = [], [], [], []
            for _ in range(arguments.repeats):
                running, whole, _, _ = run_oscine(arguments, network, integrator, seconds, threads, 1, folder)
                own_running.append(running)
                own_whole.append(whole)
                line, whole, _, _ = run_peer("nest_peer.py", network, seconds, threads, 1, folder)
                peer_running.append(line["running"])
                peer_whole.append(whole)
            row = [np.median(values) for values in (peer_running, own_running, peer_whole, own_whole)]
            lines.append(
                f"| {network} | {seconds:g} s | {threads} | {row[0]:.2f} | {row[1]:.3f} | {row[0] / row[1]:.1f} "
                f"| {row[2]:.1f} | {row[3]:.2f} | {row[2] / row[3]:.1f} |"
            )
            print(lines[-1], flush=True)
    lines.append("")


def compare_activity(arguments, folder, lines):
    """Mean rates over draws of the wiring, and the distributions of intervals."""
    from brian2_peer import spread

    generator = np.random.default_rng(1)
    rates, samples = {"Brian2": [], "Oscine": []}, {"Brian2": [], "Oscine": []}
    code = os.path.join(folder, "code-draws")
    for seed in range(1, arguments.draws + 1):
        _, _, cell, moment = run_oscine(arguments, "coba", "exponential-euler", 10.0, max(arguments.threads), seed, folder)
        _, _, peer_cell, peer_moment = run_brian2("coba", "exponential-euler", 10.0, 1, seed, folder, code)
        for side, cell, moment in (("Oscine", cell, moment), ("Brian2", peer_cell, peer_moment)):
            kept = moment >= DISCARD
            rates[side].append(rate(cell, moment, 4000, 10.0))
            intervals = spread(cell[kept], moment[kept])[0]
            # Intervals of one run depend on each other; a few of each run are all but independent.
            samples[side].append(generator.choice(intervals, 200, replace=False))
        print(f"draw {seed}: Oscine {rates['Oscine'][-1]:.2f} Hz, Brian2 {rates['Brian2'][-1]:.2f} Hz", flush=True)
    means = {side: np.mean(values) for side, values in rates.items()}
    error = np.sqrt(sum(np.var(values, ddof=1) / len(values) for values in rates.values())) if arguments.draws > 1 else float("nan")
    difference = means["Oscine"] / means["Brian2"] - 1
    test = scipy.stats.ks_2samp(np.concatenate(samples["Brian2"]), np.concatenate(samples["Oscine"]))
    lines += [
        "## Activity of COBA over draws of the wiring", "",
        f"{arguments.draws} draws, 10 s each, from {DISCARD} s on.", "",
        "| | mean rate | draws |", "|---|---|---|",
    ]
    for side, values in rates.items():
        lines.append(f"| {side} | {means[side]:.2f} Hz | {', '.join(f'{value:.2f}' for value in values)} |")
    lines += [
        "",
        f"Difference of the means {100 * difference:+.1f} % (standard error {100 * error / means['Brian2']:.1f} %): "
        f"{'within' if abs(difference) <= 0.03 else 'NOT within'} 3 %.",
        f"Inter-spike intervals, 200 of each draw: two-sample Kolmogorov-Smirnov D = {test.statistic:.3f}, p = {test.pvalue:.3f}: "
        f"{'alike' if test.pvalue > 0.01 else 'NOT alike'} (p > 0.01).", "",
    ]
    print("\n".join(lines[-4:]))


def kept_part(path):
    """What the results file holds from its second title on: measurements that are not made here."""
    if not os.path.exists(path):
        return ""
    found = re.search(r"(?ms)^# .*?(^# .*)", open(path).read())
    return "\n" + found.group(1) if found else ""


def processor():
    try:
        found = re.search(r"model name\s*:\s*(.+)", open("/proc/cpuinfo").read())
        return found.group(1) if found else platform.processor()
    except OSError:
        return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--oscine", default=os.path.join(ROOT, "target", "release", "oscine"))
    parser.add_argument("--only", nargs="*", help="these networks alone")
    parser.add_argument("--threads", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--draws", type=int, default=10, help="of COBA's wiring on each side; 0 leaves it out")
    parser.add_argument("--no-nest", action="store_true")
    parser.add_argument("--no-speed", action="store_true")
    parser.add_argument("--results", default=os.path.join(HERE, "results.md"))
    arguments = parser.parse_args()
    if not os.path.exists(arguments.oscine):
        parser.error(f"{arguments.oscine} is not there; build it with `cargo build --release`, or name it with --oscine")
    lines = ["# Oscine beside its peers", "", f"{time.strftime('%Y-%m-%d')}; {processor()}, {os.cpu_count()} cores; made by `bench/compare.py`.", ""]
    with tempfile.TemporaryDirectory(prefix="oscine-bench-") as folder:
        if not arguments.no_speed:
            compare_speed(arguments, folder, lines)
        if arguments.draws:
            compare_activity(arguments, folder, lines)
        if not arguments.no_nest:
            compare_nest(arguments, folder, lines)
    kept = kept_part(arguments.results)
    with open(arguments.results, "w") as file:
        file.write("\n".join(lines) + kept)
    print(f"written: {arguments.results}")


if __name__ == "__main__":
    main()

"""Runs every demonstration of the catalogue in Oscine and compares its spikes with Brian2's.

    bench/.venv/bin/python bench/check_catalogue.py [--oscine target/release/oscine] [NAME ...]

The reference, bench/reference/catalogue.json, is written by peers/catalogue_check.py from the same files with the same
step and integrator, so that spikes must come at the same step, give or take one for the last bit at a threshold.
Chaotic sets are compared over their first ten spikes. In delayed regular bursting w passes on how far v overshoots in the
step of a spike: with one unit in the last place of E_L the spikes of the same loop in Python lie up to 10 steps apart from
the 25th on, and so 24 are compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import pandas

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
CHAOTIC = {"adex:irregular": 10, "hindmarsh-rose:chaotic": 10}
SENSITIVE = {"adex:delayed-regular-bursting": 24}
UNITS = {"ms": 1.0, "s": 1000.0}


def milliseconds(text):
    number, unit = text.split()
    return float(number) * UNITS[unit]


def experiment(model, wanted):
    model = model.split(" at ")[0]
    inputs = ", ".join(f'{name} = "{text}"' for name, text in wanted["input"].items())
    return f'''[run]
duration = "{wanted["duration"]}"
dt = "{wanted["dt"]}"
integrator = "{wanted["integrator"]}"

[neurons.cell]
count = 1
model = "{model}"
integrator = "{wanted["integrator"]}"
{f"input = {{ {inputs} }}" if inputs else ""}

[record.spikes]
of = "cell"
spikes = true
'''


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--oscine", default=os.path.join(ROOT, "target", "release", "oscine"))
    arguments = parser.parse_args()
    table = json.load(open(os.path.join(HERE, "reference", "catalogue.json")))
    failures = 0
    for model, wanted in table.items():
        if arguments.names and not any(model.startswith(name) for name in arguments.names):
            continue
        with tempfile.TemporaryDirectory() as folder:
            path, out = os.path.join(folder, "experiment.toml"), os.path.join(folder, "results")
            with open(path, "w") as file:
                file.write(experiment(model, wanted))
            done = subprocess.run([arguments.oscine, "run", path, "--out", out, "--json"], capture_output=True, text=True)
            if done.returncode != 0:
                print(f"FAILS  {model}: {done.stderr.strip()[-1500:]}")
                failures += 1
                continue
            summary = json.load(open(os.path.join(out, "summary.json")))
            times = (pandas.read_parquet(os.path.join(out, summary["records"]["spikes"]["file"]))["time"] * 1000).tolist()
        most = {**CHAOTIC, **SENSITIVE}.get(model, 40)
        ours, theirs = times[:most], wanted["spike_times_ms"][:most]
        step = milliseconds(wanted["dt"])
        apart = max((abs(a - b) / step for a, b in zip(ours, theirs)), default=0.0)
        counts = model in CHAOTIC or abs(len(times) - wanted["spikes"]) <= (1 if wanted["spikes"] > 40 else 0)
        holds = counts and len(ours) == len(theirs) and apart <= 1.5
        failures += not holds
        print(f"{'holds ' if holds else 'FAILS '} {model}: {len(times)} spikes, Brian2 {wanted['spikes']}; first {len(ours)} at most {apart:.1f} steps apart")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

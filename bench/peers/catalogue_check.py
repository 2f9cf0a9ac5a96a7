"""Runs every neuron of the catalogue, under the stimulus of its `[demonstration]`, in Brian2.

    python catalogue_check.py [NAME ...]

Writes bench/reference/catalogue.json: for each model and set the spike count, the first spike, the
first and last interval and the mean of the intervals in the second half. The equations are read from
the catalogue's own files, so that what is checked is what a user runs.
"""

import json
import os
import re
import sys
import tomllib

import brian2
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
CATALOGUE = os.path.join(HERE, "..", "..", "catalogue", "neurons")
TARGET = os.path.join(HERE, "..", "reference", "catalogue.json")
NAMES = {name: getattr(brian2, name) for name in dir(brian2) if not name.startswith("_")}
NAMES["s"] = brian2.second


def quantity(text):
    """'1 uF/cm**2', '-0.1/ms', '0.5' as a Brian2 quantity."""
    text = re.sub(r"^([-+]?[\d.]+(?:e[-+]?\d+)?)\s+([A-Za-z(])", r"\1*\2", str(text).strip())
    return eval(text, dict(NAMES))


def unit_of(value):
    """The SI unit of a value, as Brian2's equations spell it."""
    dimensions = brian2.get_dimensions(value)
    return "1" if dimensions.is_dimensionless else repr(brian2.get_unit(dimensions))


def run(entry, chosen):
    brian2.start_scope()
    brian2.device.reinit()
    brian2.device.activate()
    demonstration = chosen.get("demonstration", entry.get("demonstration"))
    parameters = {**entry["parameters"], **chosen.get("parameters", {})}
    initial = {**entry.get("initial", {}), **chosen.get("initial", {})}
    namespace = {name: quantity(text) for name, text in parameters.items()}
    equations = entry["equations"]
    for name, text in demonstration.get("input", {}).items():
        unit = unit_of(namespace.pop(name))
        equations += f"\n{name} = {text} : {unit}"
    refractory = entry.get("refractory", False)
    if isinstance(refractory, str) and re.match(r"^[\d.]+ \w+$", refractory):
        refractory = quantity(refractory)
    brian2.defaultclock.dt = quantity(demonstration["dt"])
    group = brian2.NeuronGroup(
        1, equations, threshold=entry["threshold"], reset=entry["reset"].strip() or None, refractory=refractory,
        method=demonstration["integrator"].replace("-", "_"), namespace={**namespace, "pi": np.pi},
    )
    for name, text in initial.items():
        text = re.sub(r"^([-+]?[\d.]+)\s+([A-Za-z(])", r"\1*\2", str(text))
        setattr(group, name, text)
    monitor = brian2.SpikeMonitor(group)
    network = brian2.Network(group, monitor)
    network.run(quantity(demonstration["duration"]))
    times = np.asarray(monitor.t / brian2.ms)
    intervals = np.diff(times)
    state = {name: float(np.asarray(group.state(name))[0]) for name in initial}
    half = intervals[len(intervals) // 2 :]
    return dict(
        shows=demonstration["shows"], duration=demonstration["duration"], dt=demonstration["dt"], integrator=demonstration["integrator"],
        input=demonstration.get("input", {}), spikes=len(times), first_spike_ms=round(float(times[0]), 4) if len(times) else None,
        spike_times_ms=[round(float(time), 4) for time in times[:40]],
        late_interval_mean_ms=round(float(half.mean()), 5) if len(half) else None,
        late_interval_cv=round(float(half.std() / half.mean()), 5) if len(half) else None, final_state=state,
    )


# Constant currents on both sides of each onset, beside the demonstrations: entry, set, I, duration.
FURTHER = [
    ("hodgkin-huxley", None, "0*uA/cm**2", "500 ms"),
    ("hodgkin-huxley", None, "2.2*uA/cm**2", "500 ms"),
    ("hodgkin-huxley", None, "2.3*uA/cm**2", "500 ms"),
    ("hodgkin-huxley", None, "7*uA/cm**2", "2 s"),
    ("morris-lecar", "class-1", "39.7*uA/cm**2", "5 s"),
    ("morris-lecar", "class-1", "45*uA/cm**2", "5 s"),
    ("morris-lecar", "class-2", "80*uA/cm**2", "5 s"),
    ("wang-buzsaki", None, "0.15*uA/cm**2", "2 s"),
    ("wang-buzsaki", None, "0.2*uA/cm**2", "2 s"),
    ("wang-buzsaki", None, "0.5*uA/cm**2", "2 s"),
    ("wang-buzsaki", None, "10*uA/cm**2", "1 s"),
    ("traub-miles", None, "0*uA/cm**2", "1 s"),
    ("connor-stevens", None, "7*uA/cm**2", "2 s"),
    ("connor-stevens", None, "9*uA/cm**2", "2 s"),
    ("connor-stevens", None, "20*uA/cm**2", "2 s"),
    ("connor-stevens", "without-A", "0*uA/cm**2", "2 s"),
    ("eif", None, "0.15*uA/cm**2", "2 s"),
    ("eif", None, "0.18*uA/cm**2", "2 s"),
    ("fitzhugh-nagumo", None, "0.32", "2 s"),
    ("fitzhugh-nagumo", None, "1.45", "2 s"),
]


def main():
    brian2.prefs.codegen.target = "cython"
    wanted = sys.argv[1:]
    table = json.load(open(TARGET)) if os.path.exists(TARGET) else {}
    for file in sorted(os.listdir(CATALOGUE)):
        model = file.removesuffix(".toml")
        if wanted and model not in wanted:
            continue
        entry = tomllib.load(open(os.path.join(CATALOGUE, file), "rb"))
        chosen = {model: {}} if "demonstration" in entry else {}
        chosen.update({f"{model}:{name}": body for name, body in entry.get("sets", {}).items()})
        for wanted_entry, chosen_set, current, duration in FURTHER:
            if wanted_entry == model:
                body = dict(entry["sets"][chosen_set] if chosen_set else {})
                base = body.get("demonstration", entry["demonstration"])
                body["demonstration"] = {**base, "shows": "beside an onset", "duration": duration, "input": {"I": current}}
                chosen[f"{model}{':' + chosen_set if chosen_set else ''} at I = {current}"] = body
        for name, body in chosen.items():
            table[name] = run(entry, body)
            kept = table[name]
            print(name, kept["spikes"], kept["late_interval_mean_ms"], kept["late_interval_cv"], kept["spike_times_ms"][:14], {k: round(v, 6) for k, v in kept["final_state"].items()}, flush=True)
            with open(TARGET, "w") as out:
                json.dump(table, out, indent=1)
                out.write("\n")


if __name__ == "__main__":
    main()

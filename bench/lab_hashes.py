#!/usr/bin/env python3
"""Hashes all that the lab measures and records, so that two builds can be held against each other to the bit.

    bench/lab_hashes.py target/release/oscine > after.txt       the quick form of every experiment; --whole for the whole form
    diff before.txt after.txt

Hashed are the tables and arrays that an experiment leaves (records, measures, sweeps, weights, courses of trainings), not times.
"""

import hashlib
import pathlib
import subprocess
import sys
import tempfile

TABLES = {".parquet", ".safetensors", ".csv"}


def main():
    program = sys.argv[1]
    form = [] if "--whole" in sys.argv else ["--quick"]
    with tempfile.TemporaryDirectory() as out:
        call = [program, "lab", "all", *form, "--json", "--out", out]
        subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print_hashes(pathlib.Path(out))


def print_hashes(out):
    whole = hashlib.sha256()
    for folder in sorted(path for path in out.iterdir() if path.is_dir()):
        own = hashlib.sha256()
        for table in sorted(folder.rglob("*")):
            if table.suffix in TABLES:
                own.update(str(table.relative_to(folder)).encode())
                own.update(table.read_bytes())
        print(folder.name, own.hexdigest()[:16])
        whole.update(own.digest())
    print("all", whole.hexdigest()[:16])


main()

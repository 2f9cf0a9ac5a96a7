#!/usr/bin/env bash
# Installs the peers that Oscine is compared with into bench/.venv.
# Brian2 2.9 needs numpy below 2.4; its C++ standalone mode needs a C++ compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 -m venv .venv
.venv/bin/pip install --quiet --upgrade pip
.venv/bin/pip install --quiet 'brian2==2.9.*' 'numpy<2.4' 'setuptools<81' scipy pandas pyarrow
# NEST has wheels for Linux only; without it the comparison with Brian2 still runs.
.venv/bin/pip install --quiet 'nest-simulator==3.10.*' || echo "NEST 3.10 could not be installed; its rows will be left out" >&2
.venv/bin/python - <<'PYTHON'
import brian2, numpy
print("brian2", brian2.__version__, "numpy", numpy.__version__)
PYTHON

"""Seconds an epoch of MNIST: `oscine run` beside PyTorch on the same networks, one after the other in one run.

    python bench/layers/compare.py --data FOLDER [--oscine target/release/oscine] [--rounds 3]

PyTorch trains eagerly from tensors in memory, with its own optimiser and with the fused one; the batches of an epoch are drawn by a permutation. Both are
timed over whole epochs without reading the data. Prints a table of medians and their ratios, with the accuracy on the 10,000 test images.
"""

import argparse
import gzip
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent


def images(folder, name):
    with gzip.open(folder / "mnist" / f"{name}-images-idx3-ubyte.gz") as file:
        pixels = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)[16:]
    with gzip.open(folder / "mnist" / f"{name}-labels-idx1-ubyte.gz") as file:
        labels = torch.frombuffer(bytearray(file.read()), dtype=torch.uint8)[8:]
    return pixels.reshape(-1, 1, 28, 28).float() / 255, labels.long()


def networks():
    dense = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    small = nn.Sequential(nn.Flatten(), nn.Linear(784, 30), nn.Sigmoid(), nn.Linear(30, 10), nn.Sigmoid())
    convolutional = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 49, 10),
    )
    return {
        "dense": (dense, "adam", 64, 2),
        "small": (small, "sgd", 10, 1),
        "convolutional": (convolutional, "adam", 64, 2),
    }


def torch_seconds(name, fused, training, test):
    network, optimiser, batch, threads = networks()[name]
    torch.set_num_threads(threads)
    kind = torch.optim.Adam if optimiser == "adam" else torch.optim.SGD
    rate = 1e-3 if optimiser == "adam" else 1.5
    step = kind(network.parameters(), lr=rate, fused=fused)
    entropy = nn.CrossEntropyLoss()
    inputs, labels = training
    targets = labels if optimiser == "adam" else nn.functional.one_hot(labels, 10).float()
    start = time.perf_counter()
    for members in torch.randperm(len(inputs)).split(batch):
        step.zero_grad()
        output = network(inputs[members])
        if optimiser == "adam":
            loss = entropy(output, targets[members])
        else:
            loss = ((output - targets[members]) ** 2).sum(1).mean()
        loss.backward()
        step.step()
    seconds = time.perf_counter() - start
    with torch.no_grad():
        right = (network(test[0]).argmax(1) == test[1]).float().mean().item()
    return seconds, right


def oscine_seconds(program, name, data):
    threads = networks()[name][3]
    with tempfile.TemporaryDirectory() as folder:
        file = str(HERE / f"{name}.toml")
        call = [program, "run", file, "--data", str(data), "--threads", str(threads), "--out", folder, "--overwrite"]
        call += ["--set", "training.epochs=1", "--json"]
        said = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
        summary = json.loads((pathlib.Path(folder) / "summary.json").read_text())
    return summary["seconds"]["running"], said["metrics"]["accuracy"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--oscine", default="target/release/oscine")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=["dense", "small", "convolutional"])
    given = parser.parse_args()
    training, test = images(given.data, "train"), images(given.data, "t10k")
    print(f"PyTorch {torch.__version__}\n")
    print("| network | Oscine, s | PyTorch, s | PyTorch fused, s | Oscine / better | right, Oscine | right, PyTorch |")
    print("|---|---|---|---|---|---|---|")
    for name in given.only:
        rows = {"oscine": [], "eager": [], "fused": []}
        for _ in range(given.rounds):
            rows["oscine"].append(oscine_seconds(given.oscine, name, given.data))
            rows["eager"].append(torch_seconds(name, False, training, test))
            rows["fused"].append(torch_seconds(name, True, training, test))
        seconds = {key: statistics.median(second for second, _ in row) for key, row in rows.items()}
        ratio = seconds["oscine"] / min(seconds["eager"], seconds["fused"])
        right = {key: statistics.median(right for _, right in row) for key, row in rows.items()}
        print(
            f"| {name} | {seconds['oscine']:.2f} | {seconds['eager']:.2f} | {seconds['fused']:.2f} | {ratio:.2f} "
            f"| {100 * right['oscine']:.1f} % | {100 * right['eager']:.1f} % |"
        )


if __name__ == "__main__":
    main()

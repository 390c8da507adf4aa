"""Measure the detectors on a GPU: `python -m bench.on_gpu --output OUT`, 8 minutes on an H100.

Tables go to the terminal and, after each part, to OUT/on_gpu.json: what is cut off keeps what was
measured. It needs the package, transformers, accelerate and the datasets; no network, no MLflow.
`--small` tries all of it on a CPU, with networks so small that its numbers say nothing.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from bench.on_gpu.agreement import measure_agreement
from bench.on_gpu.budget import Budget
from bench.on_gpu.networks import Scale, full_scale, small_scale
from bench.on_gpu.prediction_speed import measure_compact, measure_prediction
from bench.on_gpu.short_training import measure_short_training
from bench.on_gpu.training_speed import measure_training
from bench.on_gpu.where_time_goes import measure_where
from gapjunction.files import write_json

Rows = Iterator[dict[str, Any]]
# Shares of the minutes: networks agree, training, prediction, DINO from random weights.
SHARES = {"agreement": 0.12, "training": 0.28, "prediction": 0.1, "short_training": 0.38}
SECONDS_A_MINUTE = 60
TRAINING_OPTIONS = ("--presets", "high_quality", "--precision", "bf16", "--num_workers", "8")
SMALL_TRAINING_OPTIONS = ("--presets", "medium_quality", "--max_epochs", "1", "--num_gpus", "0")


def main() -> None:
    """Measure part after part, and write down each as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("bench/out/on_gpu"))
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--small", action="store_true", help="try the script out, on a CPU")
    parser.add_argument("--parts", nargs="*", help="some of the parts; without it, all")
    given = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() and not given.small else "cpu")
    if device.type == "cpu" and not given.small:
        parser.error("there is no GPU here; --small tries the script out on the CPU")
    logging.getLogger("transformers").setLevel(logging.ERROR)
    measured: dict[str, Any] = {"device": _described(device), "minutes": given.minutes}
    scale = small_scale() if given.small else full_scale()
    for name, part in _parts(given, scale, device).items():
        if given.parts and name not in given.parts:
            continue
        rows = measured.setdefault(name, [])
        sys.stdout.write(f"\n{name}\n")
        for row in part():
            rows.append(row)
            sys.stdout.write("  " + "  ".join(f"{key} {_text(row[key])}" for key in row) + "\n")
            sys.stdout.flush()
            write_json(given.output / "on_gpu.json", measured)


def _parts(
    given: argparse.Namespace, scale: Scale, device: torch.device
) -> dict[str, Callable[[], Rows]]:
    seconds = {name: share * given.minutes * SECONDS_A_MINUTE for name, share in SHARES.items()}
    options = SMALL_TRAINING_OPTIONS if given.small else TRAINING_OPTIONS
    return {
        "agreement": lambda: measure_agreement(scale, device, Budget(seconds["agreement"])),
        "training": lambda: measure_training(scale, device, Budget(seconds["training"])),
        "where": lambda: measure_where(scale, device),
        "prediction": lambda: measure_prediction(scale, device, Budget(seconds["prediction"])),
        "compact": lambda: measure_compact(scale, device),
        "short_training": lambda: measure_short_training(
            given.data, given.output, seconds["short_training"], options
        ),
    }


def _described(device: torch.device) -> str:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    return f"{name}, torch {torch.__version__}"


def _text(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()

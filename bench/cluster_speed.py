"""Time `predict --cluster` beside one process, in turns: `python -m bench.cluster_speed`.

Two things are told: how many times as fast two processes with a core each are as one thread, on
simulated fields, and how much longer each of many small images takes when another process
predicts it. What a command takes before its first image, reading the model and starting
processes, is left out: it is what the same command takes for a few images.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tifffile
from numpy.typing import NDArray

from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned

FEW = 8
FIELD_PX, SMALL_PX = 384, 32
MS_PER_S = 1000
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Inputs:
    """Two folders of images, one with all and one with the first `FEW` of them."""

    all: Path
    few: Path
    number: int


def main() -> None:
    """Make the images, time the commands and print what each image took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fields", type=int, default=160)
    parser.add_argument("--small", type=int, default=300)
    parser.add_argument("--turns", type=int, default=1)
    arguments = parser.parse_args()
    with TemporaryDirectory() as name:
        fields = write_images(Path(name) / "fields", simulated_fields(arguments.fields))
        one, two = seconds_an_image(fields, ([], ["--cluster", "local:2"]), arguments.turns)
        sys.stdout.write(
            f"{arguments.fields} fields of {FIELD_PX} px: {one:.3f} s each with one thread, "
            f"{two:.3f} s with --cluster local:2, {one / two:.2f} times as fast\n"
        )
        small = write_images(Path(name) / "small", small_images(arguments.small))
        here, away = seconds_an_image(small, ([], ["--cluster", "local:1"]), arguments.turns)
        sys.stdout.write(
            f"{arguments.small} images of {SMALL_PX} px: {MS_PER_S * here:.1f} ms each in one "
            f"process, {MS_PER_S * away:.1f} ms with --cluster local:1, "
            f"{MS_PER_S * (away - here):+.1f} ms\n"
        )


def simulated_fields(number: int) -> Iterable[NDArray[np.uint8]]:
    """Yield (384, 384, 3) human-like fields."""
    for plan in plan_fields("human", number, num_assets=1):
        yield simulate_planned(plan, seed=0, size_px=FIELD_PX).pixels


def small_images(number: int) -> Iterable[NDArray[np.uint8]]:
    """Yield (32, 32) pieces of one simulated field, each from another place."""
    field = next(iter(simulated_fields(1)))[..., 1]
    rng = np.random.default_rng(0)
    for top, left in rng.integers(0, FIELD_PX - SMALL_PX, (number, 2)):
        yield field[top : top + SMALL_PX, left : left + SMALL_PX]


def write_images(folder: Path, images: Iterable[NDArray[np.uint8]]) -> Inputs:
    """Write images as TIFF, and the first of them a second time."""
    inputs = Inputs(folder / "all", folder / "few", 0)
    number = 0
    for number, image in enumerate(images, start=1):
        for place in (inputs.all, inputs.few) if number <= FEW else (inputs.all,):
            place.mkdir(parents=True, exist_ok=True)
            tifffile.imwrite(place / f"{number:05d}.tif", image)
    return Inputs(inputs.all, inputs.few, number)


def seconds_an_image(
    inputs: Inputs, options: Sequence[Sequence[str]], turns: int
) -> tuple[float, ...]:
    """Return what each image took with each of some options, the median of several turns."""
    took: list[list[float]] = [[] for _ in options]
    for _ in range(turns):
        for seconds, chosen in zip(took, options, strict=True):
            more = predict_s(inputs.all, chosen) - predict_s(inputs.few, chosen)
            seconds.append(more / (inputs.number - FEW))
    return tuple(statistics.median(seconds) for seconds in took)


def predict_s(folder: Path, options: Sequence[str]) -> float:
    """Return the seconds of one command, which predicts from the beginning."""
    with TemporaryDirectory() as output:
        command = ["gapjunction", "predict", str(folder), "--output", f"{output}/run", *options]
        began = time.perf_counter()
        env = os.environ | ONE_THREAD
        subprocess.run(command, check=True, capture_output=True, env=env)  # noqa: S603 - our own
        return time.perf_counter() - began


if __name__ == "__main__":
    main()

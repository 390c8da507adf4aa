"""Seconds an image and peak memory of methods, measured side by side in one run."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.peers.method import Detect, Method

WARM_UP_IMAGES = 1


def measure_seconds(
    detectors: Mapping[str, Detect],
    images: Sequence[NDArray[np.uint8]],
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Return the median seconds of each method for an image (3, H, W) in memory.

    The methods take turns at each image, so that all see the same disturbances of the machine.
    The first image is shown once more before, which does not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in detectors}
    for index, image in enumerate([*images[:WARM_UP_IMAGES], *images]):
        for name, detect in detectors.items():
            if index < WARM_UP_IMAGES:
                detect(image)
                continue
            started = clock()
            detect(image)
            seconds[name].append(clock() - started)
    return {name: statistics.median(own) for name, own in seconds.items()}


def measure_peak_mb(method: Method, settings: Mapping[str, Any], image: Path) -> float:
    """Return the most memory, MB, that a fresh process takes to find what is in an image file.

    It includes Python, all imported libraries, the loaded weights and the image.
    """
    asked = {
        "module": method.prepare.__module__,
        "settings_class": method.settings.__name__,
        "settings": dict(settings),
        "image": str(image),
    }
    answer = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.peak_memory", json.dumps(asked)],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(answer.stdout.split()[-1])

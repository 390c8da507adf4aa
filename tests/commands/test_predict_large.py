"""The memory that `gapjunction predict` takes for a large image."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
import torch

from gapjunction.models.checkpoint import DetectorConfig, build_detector, save_checkpoint

pytest.importorskip("resource", reason="Windows does not tell a process its peak of memory")

ROOT = Path(__file__).parents[2]
SIDE_PX = 10_000
MAX_GB_ABOVE_IMAGE = 1.5
PREDICT = """
import sys
from pathlib import Path
from bench.peak_memory import read_peak_kb
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
image, checkpoint, output, backend = sys.argv[1:]
run(PredictConfig(input=image, checkpoint=checkpoint, output=output, backend=backend))
print(read_peak_kb())
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["torch", "onnx"])
def test_run__image_of_100_million_pixels__needs_little_more_memory_than_the_image(
    tmp_path: Path, backend: str
) -> None:
    config = DetectorConfig(class_names=("gap_junction",), class_colors=("#4EF8FF",))
    torch.manual_seed(0)
    save_checkpoint(build_detector(config), config, tmp_path / "run")
    part = np.random.default_rng(0).integers(0, 255, (1000, 1000), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "large.tif", np.tile(part, (SIDE_PX // 1000, SIDE_PX // 1000)))
    paths = [str(tmp_path / name) for name in ("large.tif", "run", "out")]
    command = [sys.executable, "-c", PREDICT, *paths, backend]
    env = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env, cwd=ROOT)
    peak_gb = float(done.stdout.split()[-1]) * 1024 / 1e9
    assert peak_gb - SIDE_PX**2 / 1e9 < MAX_GB_ABOVE_IMAGE

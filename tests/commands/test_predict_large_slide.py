"""What `gapjunction predict` takes, and finds, on a slide of 100,000 x 100,000 pixels."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gapjunction.prediction.model import Model
from gapjunction.prediction.slide_detection import BLOCK_PX
from gapjunction.prediction.tiled import tiles_of
from gapjunction.tiling import plan_blocks
from zarr_samples import attributes, dark_with_spots

pytest.importorskip("resource", reason="Windows does not tell a process its peak of memory")
zarr = pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')

ROOT = Path(__file__).parents[2]
SIDE_PX, FIELD_PX, NOISE_LEVEL = 100_000, 800, 1000
MAX_GB = 1.5
MOST_AWAY_PX = 3
# Prime, so that spots lie in all places relative to the border of blocks.
SPACING_PX = 37
PREDICT = """
import sys
from bench.peak_memory import read_peak_kb
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
image, output = sys.argv[1:]
run(PredictConfig(input=image, output=output, num_gpus=0, scale=1))
print(read_peak_kb())
"""


def block_corners() -> list[tuple[int, int]]:
    """Return where four blocks meet, where two meet at the edge, and the last pixel: x and y."""
    settings = Model.load(device="cpu").settings(1.0)
    blocks = plan_blocks(tiles_of(SIDE_PX, SIDE_PX, settings), BLOCK_PX)
    starts = sorted({block[0].x0 for block in blocks})
    middles = [start + settings.overlap // 2 for start in starts[1:]]
    return [(middles[0], middles[7]), (middles[11], SIDE_PX), (SIDE_PX, SIDE_PX)]


def planted(path: Path) -> np.ndarray:
    """Write an OME-Zarr with fields of spots around the corners of blocks; return their middles."""
    group = zarr.create_group(str(path))
    array = group.create_array(
        "0",
        shape=(SIDE_PX, SIDE_PX),
        chunks=(512, 512),
        dtype=np.uint16,
        fill_value=NOISE_LEVEL,
    )
    group.attrs.update(attributes("yx"))
    along = np.arange(20, FIELD_PX - 20, SPACING_PX)
    middles = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    field = dark_with_spots(FIELD_PX, FIELD_PX, middles)
    found = []
    for x, y in block_corners():
        x0, y0 = (
            min(x - FIELD_PX // 2, SIDE_PX - FIELD_PX),
            min(y - FIELD_PX // 2, SIDE_PX - FIELD_PX),
        )
        array[y0 : y0 + FIELD_PX, x0 : x0 + FIELD_PX] = field
        found.append(middles + np.array([x0, y0]))
    return np.concatenate(found)


@pytest.mark.slow
def test_run__sparse_slide__needs_little_memory_and_finds_each_spot_at_block_borders_once(
    tmp_path: Path,
) -> None:
    middles = planted(tmp_path / "large.zarr")
    paths = [str(tmp_path / name) for name in ("large.zarr", "out")]
    command = [sys.executable, "-c", PREDICT, *paths]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    (records,) = json.loads((tmp_path / "out/detections/large_bbox.json").read_text()).values()
    corners = np.array([[each["bbox_x"], each["bbox_y"]] for each in records])
    sizes = np.array([[each["bbox_width"], each["bbox_height"]] for each in records])
    away = np.linalg.norm((corners + sizes / 2)[:, None] - middles[None], axis=2)
    assert (away < MOST_AWAY_PX).sum(axis=0).tolist() == [1] * len(middles)
    assert len(records) == len(middles)
    assert float(done.stdout.split()[-1]) * 1024 / 1e9 < MAX_GB

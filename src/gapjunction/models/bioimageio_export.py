"""The network of a checkpoint as a model of the BioImage Model Zoo: a zip with a description.

The description is that of https://github.com/bioimage-io/spec-bioimage-io, model 0.5. It has no
word for what is done before and after the network (docs/onnx.md), so that README.md in the zip says
it; the tensors for testing are of the network alone.
"""

import hashlib
import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from gapjunction.models.centernet.network import OUTPUT_STRIDE
from gapjunction.models.centernet.onnx_graph import HEAT_LOGITS, OPSET, SIDE_FACTOR, SIDES, TILES
from gapjunction.models.checkpoint import Checkpoint
from gapjunction.models.onnx_export import export_checkpoint
from gapjunction.optional_packages import import_optional
from gapjunction.version import __version__

FORMAT_VERSION = "0.5.14"
DESCRIPTION_NAME, README_NAME, ONNX_NAME = "bioimageio.yaml", "README.md", "model.onnx"
TEST_SHAPE = (1, 3, 64, 96)
SPOT_STEP_PX, SPOT_SPREAD_PX, NOISE = 24, 1.5, 0.03
SIDE_NAMES = ("left", "top", "right", "bottom")
METHOD = {
    "text": "Zhou, Wang & Krähenbühl 2019, Objects as Points",
    "url": "https://arxiv.org/abs/1904.07850",
}


def write_bioimageio(checkpoint: Checkpoint, path: Path) -> None:
    """Write a compact detector as a zip with description, ONNX file and tensors for testing.

    Raises:
        ConfigError: if it is another detector, or a package that writes it is not installed.
    """
    onnxruntime = import_optional("onnxruntime")
    network = export_checkpoint(checkpoint)
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    tiles = _test_tiles()
    names = [HEAT_LOGITS, SIDES]
    tensors = {TILES: tiles, **dict(zip(names, session.run(names, {TILES: tiles}), strict=True))}
    described = _description(checkpoint, hashlib.sha256(network).hexdigest())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            DESCRIPTION_NAME, yaml.safe_dump(described, sort_keys=False, allow_unicode=True)
        )
        packed.writestr(README_NAME, _readme(checkpoint))
        packed.writestr(ONNX_NAME, network)
        for name, values in tensors.items():
            packed.writestr(_test_file(name), _npy(values))


def _description(checkpoint: Checkpoint, sha256: str) -> dict[str, Any]:
    classes = list(checkpoint.config.class_names)
    return {
        "type": "model",
        "format_version": FORMAT_VERSION,
        "name": f"gapjunction detector {checkpoint.version}",
        "description": f"Heat map and box sides of {', '.join(classes)} in fluorescence images",
        "documentation": {"source": README_NAME},
        "authors": [{"name": "The gapjunction developers"}],
        "cite": [METHOD],
        "tags": ["detection", "fluorescence-light-microscopy", "2d", "gap-junctions"],
        "version": __version__,
        "timestamp": datetime.now(UTC).isoformat(),
        "inputs": [
            {
                **_tensor(TILES, "pixels as README.md says, 0 for background", _input_axes()),
                "preprocessing": [],
            }
        ],
        "outputs": [
            _tensor(HEAT_LOGITS, "logits of objects' centers", _output_axes(classes)),
            _tensor(SIDES, "pixels from a cell's center to the box", _output_axes(SIDE_NAMES)),
        ],
        "weights": {"onnx": {"source": ONNX_NAME, "sha256": sha256, "opset_version": OPSET}},
        "config": {"gapjunction": _settings(checkpoint)},
    }


def _settings(checkpoint: Checkpoint) -> dict[str, Any]:
    return checkpoint.config.model_dump(mode="json") | {"model_version": checkpoint.version}


def _tensor(name: str, description: str, axes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": name,
        "description": description,
        "axes": [{"type": "batch"}, *axes],
        "test_tensor": {"source": _test_file(name)},
        "data": {"type": "float32"},
    }


def _input_axes() -> list[dict[str, Any]]:
    free = {"min": SIDE_FACTOR, "step": SIDE_FACTOR}
    return [
        {"type": "channel", "channel_names": ["red", "green", "blue"]},
        *({"type": "space", "id": axis, "size": free} for axis in "yx"),
    ]


def _output_axes(channels: list[str] | tuple[str, ...]) -> list[dict[str, Any]]:
    names = [re.sub(r"\W|^(?=\d)", "_", each) for each in channels]  # no others are allowed
    return [
        {"type": "channel", "channel_names": names},
        *(
            {
                "type": "space",
                "id": axis,
                "size": {"tensor_id": TILES, "axis_id": axis},
                "scale": float(OUTPUT_STRIDE),
            }
            for axis in "yx"
        ),
    ]


def _test_tiles() -> NDArray[np.float32]:
    """Return a tile with bright spots on a noisy ground, in the channel of grey images."""
    tiles = np.zeros(TEST_SHAPE, np.float32)
    from_center = np.indices(TEST_SHAPE[2:]) % SPOT_STEP_PX - SPOT_STEP_PX / 2
    spots = np.exp(-(from_center**2).sum(axis=0) / (2 * SPOT_SPREAD_PX**2))
    tiles[0, 0] = spots + np.random.default_rng(0).normal(0, NOISE, TEST_SHAPE[2:])
    return tiles


def _test_file(name: str) -> str:
    return f"test_{name}.npy"


def _npy(values: NDArray[np.float32]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=False)
    return stream.getvalue()


def _readme(checkpoint: Checkpoint) -> str:
    config = checkpoint.config
    return f"""# gapjunction detector {checkpoint.version}

Finds {", ".join(config.class_names)} in fluorescence images. Written by gapjunction {__version__}.

- **Before the network.** The 25th percentile of each channel becomes 0 and what stands out of it
  about 1, with asinh(5 x) / asinh(5) between. A grey image is in the first channel alone.
- **The network** gives, at half the resolution, logits of objects' centers (a map a class) and
  pixels from the center of each cell to the left, top, right and bottom side of the box.
- **After it.** Peaks of 3 x 3 cells are objects; of boxes of a class that overlap by more than an
  IoU of 0.6 the better one stays. With the score p, {config.calibration.slope:.6g} logit(p) +
  {config.calibration.intercept:.6g} is the logit of the probability; objects count from a
  probability of {config.score_threshold:.6g} on.

docs/onnx.md of gapjunction has it as code, step by step.
"""

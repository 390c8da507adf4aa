"""Write the fused network of the compact detector as an ONNX graph, with torch's exporter."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from gapjunction.optional_packages import import_optional

if TYPE_CHECKING:
    import onnx

logger = logging.getLogger(__name__)

OPSET = 18  # the oldest that torch writes; ONNX Runtime 1.18 and later read its files
TILES, HEAT_LOGITS, SIDES = "tiles", "heat_logits", "sides"
SIDE_FACTOR = 32  # px; sides of tiles are multiples of it (see `Detector`)


def to_onnx(network: nn.Module) -> bytes:
    """Return a fused network as an ONNX file, for any batch size and any multiples of 32 px.

    Its input is "tiles", its outputs are "heat_logits" and "sides": those of `CenterNetwork`.
    It takes 10 to 20 s.

    Raises:
        ConfigError: if the package onnx or onnxscript is not installed.
    """
    onnx = import_optional("onnx")
    import_optional("onnxscript")
    logger.info("writing the network as ONNX, which takes 10 to 20 s, once for each model")
    tiles = torch.zeros(2, 3, 2 * SIDE_FACTOR, 3 * SIDE_FACTOR)
    with _without_remarks():
        exported = torch.onnx.export(
            network,
            (tiles,),
            input_names=[TILES],
            output_names=[HEAT_LOGITS, SIDES],
            opset_version=OPSET,
            dynamic_shapes=(_free_sizes(),),
            dynamo=True,
            verbose=False,
        )
    model = cast(torch.onnx.ONNXProgram, exported).model_proto
    _name_sizes(model)
    _forget_sources(model)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _free_sizes() -> dict[int, object]:
    """Return the axes of tiles (B, 3, H, W) that can have any size."""
    batch, rows, columns = map(torch.export.Dim, ("batch", "rows", "columns"))
    return {0: batch, 2: SIDE_FACTOR * rows, 3: SIDE_FACTOR * columns}


def _name_sizes(model: "onnx.ModelProto") -> None:
    """Give inputs and outputs sizes that say something: torch's are called s39, 16*s25."""
    for value in (*model.graph.input, *model.graph.output):
        height, width = value.type.tensor_type.shape.dim[2:]
        part = "" if value.name == TILES else "half_"
        height.dim_param, width.dim_param = f"{part}height", f"{part}width"


def _forget_sources(model: "onnx.ModelProto") -> None:
    """Remove where in the code each node comes from, which names folders of this machine."""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.initializer):
        del part.metadata_props[:]


@contextmanager
def _without_remarks() -> Iterator[None]:
    """Keep from the user what torch says of its own code, and of torchvision, which is not used."""
    exporter = logging.getLogger("torch.onnx")
    level = exporter.level
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        exporter.setLevel(level)

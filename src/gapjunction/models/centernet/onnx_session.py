"""The compact detector in ONNX Runtime, which is faster on many CPUs."""

from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from gapjunction.detections import Detections
from gapjunction.models.centernet.decoding import decode_maps
from gapjunction.models.centernet.onnx_graph import HEAT_LOGITS, SIDES, TILES
from gapjunction.optional_packages import import_optional


@dataclass(frozen=True, slots=True, eq=False)
class OnnxCenterNet:
    """Finds what the detector it was exported from finds."""

    session: Any

    @classmethod
    def of(cls, model: bytes) -> Self:
        """Return the detector in an exported model; it uses as many threads as torch does.

        Raises:
            ConfigError: if the package onnxruntime is not installed.
        """
        onnxruntime = import_optional("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        return cls(onnxruntime.InferenceSession(model, options, providers=providers))

    def detect(self, tiles: Tensor, min_score: float) -> list[Detections]:
        """Return the detections of each tile with a score of `min_score` or more."""
        maps = self.session.run([HEAT_LOGITS, SIDES], {TILES: tiles.cpu().contiguous().numpy()})
        heat_logits, sides = (torch.from_numpy(each) for each in maps)
        return decode_maps(heat_logits, sides, min_score)

"""Make a detector ready to predict: fused, with fewer bits, or in ONNX Runtime."""

from gapjunction.choices import Backend, Precision
from gapjunction.errors import ConfigError
from gapjunction.models.centernet.onnx_session import OnnxCenterNet
from gapjunction.models.checkpoint import Checkpoint
from gapjunction.models.detector import TileDetector
from gapjunction.models.onnx_export import export_network
from gapjunction.optional_packages import import_optional


def prepare_detector(
    checkpoint: Checkpoint, backend: Backend = "torch", precision: Precision = "no"
) -> TileDetector:
    """Return what finds the same objects as the checkpoint's detector, in less time.

    The weights are always those of the checkpoint, also where an ONNX file comes from the cache.

    Raises:
        ConfigError: if this detector cannot be run so, or a package is missing.
    """
    if backend == "onnx":
        if precision != "no":
            raise _refusal(f"precision {precision}", "the backend torch", "onnx")
        import_optional("onnxruntime")  # before seconds are spent on a file for it
        return OnnxCenterNet.of(export_network(checkpoint))
    prepared = checkpoint.detector.prepared(precision)
    if prepared is None:
        raise _refusal(
            f"precision {precision}",
            "the compact detector (medium_quality)",
            f"a {checkpoint.config.network.architecture} model in {checkpoint.folder}",
        )
    return prepared


def _refusal(where: str, expected: str, found: str) -> ConfigError:
    return ConfigError(
        where, expected=expected, found=found, fix="leave it out", settings=("precision",)
    )

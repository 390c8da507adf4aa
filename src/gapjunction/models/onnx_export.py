"""The network of a checkpoint as ONNX: for ONNX Runtime, and for other programs to use alone."""

import json
from pathlib import Path

from gapjunction.errors import ConfigError
from gapjunction.models.checkpoint import Checkpoint
from gapjunction.optional_packages import import_optional


def export_network(checkpoint: Checkpoint) -> bytes:
    """Return the network of a compact detector as an ONNX file, which may come from the cache.

    Raises:
        ConfigError: if it is another detector, or a package that writes it is not installed.
    """
    exported = checkpoint.detector.exported()
    if exported is None:
        raise ConfigError(
            "ONNX",
            expected="the compact detector (medium_quality)",
            found=f"a {checkpoint.config.network.architecture} model in {checkpoint.folder}",
            fix="predict with the backend torch; only medium_quality can be exported",
            settings=("backend",),
        )
    return exported


def write_onnx(checkpoint: Checkpoint, path: Path) -> None:
    """Write what `export_checkpoint` returns, and raise what it does."""
    path.write_bytes(export_checkpoint(checkpoint))


def export_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return a compact detector as an ONNX file with all that is needed to use it.

    Its metadata are the model's version and every setting in its config.json, each as JSON:
    class names, calibration, threshold, tile size and so on.

    Raises:
        ConfigError: if it is another detector, or a package that writes it is not installed.
    """
    onnx = import_optional("onnx")
    model = onnx.load_from_string(export_network(checkpoint))
    settings = checkpoint.config.model_dump(mode="json") | {"model_version": checkpoint.version}
    metadata = {name: json.dumps(value, ensure_ascii=False) for name, value in settings.items()}
    onnx.helper.set_model_props(model, metadata)
    return bytes(model.SerializeToString())

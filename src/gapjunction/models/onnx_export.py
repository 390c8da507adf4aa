"""Export a checkpoint as one ONNX file, with all that is needed to use it alone."""

import json

from gapjunction.errors import ConfigError
from gapjunction.models.checkpoint import Checkpoint


def export_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Return a compact detector as an ONNX file.

    Its metadata are the model's version and every setting in its config.json, each as JSON:
    class names, calibration, threshold, tile size and so on.

    Raises:
        ConfigError: if it is another detector, or the package onnx is not installed.
    """
    settings = checkpoint.config.model_dump(mode="json")
    metadata = {name: json.dumps(value, ensure_ascii=False) for name, value in settings.items()}
    metadata["model_version"] = json.dumps(checkpoint.version)
    exported = checkpoint.detector.exported(metadata)
    if exported is None:
        raise ConfigError(
            "ONNX",
            expected="the compact detector (medium_quality)",
            found=f"a {checkpoint.config.network.architecture} model in {checkpoint.folder}",
            fix="predict with the backend torch; only medium_quality can be exported",
            settings=("backend",),
        )
    return exported

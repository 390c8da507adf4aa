"""The network of a checkpoint as ONNX: for ONNX Runtime, and for other programs to use alone."""

from gapjunction.errors import ConfigError
from gapjunction.models.checkpoint import Checkpoint


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

"""Packages that only some ways of predicting need."""

from importlib import import_module
from typing import Any

from gapjunction.errors import ConfigError


def import_optional(package: str) -> Any:
    """Return a package of the extra `onnx`.

    Raises:
        ConfigError: if it is not installed.
    """
    try:
        return import_module(package)
    except ImportError:
        raise ConfigError(
            "ONNX",
            expected=f"the package {package}",
            found="that it is not installed",
            fix='pip install ".[onnx]" in the repository, or '
            "pip install onnx onnxruntime onnxscript",
        ) from None

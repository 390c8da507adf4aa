"""The methods by name, each imported only when it is asked for."""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.peers.method import Method

OURS = ("shipped", "shipped_onnx", "trained")
PEERS = ("log", "dog", "tophat", "bigfish", "spotiflow")
NAMES = (*OURS, *PEERS)
REFERENCE = "log"  # whose time others' are a multiple of
# What must be importable for a method; what is missing is left out and named.
NEEDED = {
    "shipped_onnx": "onnx",
    "log": "skimage",
    "dog": "skimage",
    "tophat": "skimage",
    "bigfish": "bigfish",
    "spotiflow": "spotiflow",
}


def load_method(name: str, checkpoint: Path, max_epochs: int | None) -> Method:
    """Return a method; `checkpoint` and `max_epochs` are for those that are ours.

    Raises:
        KeyError: if there is no method of this name.
    """
    if name in ("shipped", "shipped_onnx"):
        shipped: Callable[[Path, str], Method] = _attribute("bench.peers.ours", "shipped")
        return shipped(checkpoint, "torch" if name == "shipped" else "onnx")
    if name == "trained":
        trained: Callable[[Path, int | None], Method] = _attribute(
            "bench.peers.our_training", "trained"
        )
        return trained(checkpoint, max_epochs)
    module, attribute = {
        "log": ("spots", "LOG"),
        "dog": ("spots", "DOG"),
        "tophat": ("tophat", "TOPHAT"),
        "bigfish": ("bigfish", "BIGFISH"),
        "spotiflow": ("spotiflow", "SPOTIFLOW"),
    }[name]
    method: Method = _attribute(f"bench.peers.{module}", attribute)
    return method


def why_missing(name: str, checkpoint: Path) -> str | None:
    """Return why a method cannot take part here, or None if it can."""
    if name in ("shipped", "shipped_onnx") and not checkpoint.is_dir():
        return f"no weights in {checkpoint}"
    package = NEEDED.get(name)
    if package is not None and importlib.util.find_spec(package) is None:
        return f"{package} is not installed"
    return None


def _attribute(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)

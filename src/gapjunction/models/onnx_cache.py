"""The ONNX file of a network, made once and kept in the user's cache folder."""

import hashlib
import inspect
import logging
import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import torch
from torch import nn

from gapjunction.files import written_whole
from gapjunction.models.centernet import onnx_graph

logger = logging.getLogger(__name__)


def cached_onnx(network: nn.Module) -> bytes:
    """Return a fused network on the CPU as an ONNX file, from the cache if it is there.

    A file in the cache is called by the SHA-256 of all that it was made from, so that it is never
    that of other weights. Where it cannot be kept, a warning says so.

    Raises:
        ConfigError: if it has to be made, and a package for that is not installed.
    """
    place = cache_folder() / f"{_digest(network)}.onnx"
    kept = _read_if_there(place)
    if kept is not None:
        return kept
    content = onnx_graph.to_onnx(network)
    try:
        with written_whole(place) as partial:
            partial.write_bytes(content)
    except OSError as error:
        if _read_if_there(place) is None:  # else another process kept it in the meantime
            logger.warning("the ONNX file cannot be kept: %s (XDG_CACHE_HOME moves it)", error)
    return content


def cache_folder() -> Path:
    """Return the folder of ONNX files, which may be deleted at any time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "gapjunction", "onnx")


def _read_if_there(place: Path) -> bytes | None:
    """Return a file of the cache; None where there is none that can be read."""
    with suppress(OSError):  # such as a cache of somebody else: it is then made anew
        return place.read_bytes()
    return None


def _digest(network: nn.Module) -> str:
    """Return the SHA-256 of weights, shape and code of a network, of the exporter and of torch."""
    code = (inspect.getsource(each) for each in (import_module(network.__module__), onnx_graph))
    digest = hashlib.sha256("\n".join((torch.__version__, repr(network), *code)).encode())
    for values in network.state_dict().values():
        digest.update(values.contiguous().numpy().tobytes())
    return digest.hexdigest()

"""Read the files that the official code and MMDetection save, without running what is in them."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.serialization import get_unsafe_globals_in_checkpoint, safe_globals

from gapjunction.errors import CheckpointError
from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.mmdetection_weights import to_official
from gapjunction.models.dino.network import DinoNetwork
from gapjunction.models.dino.published_sizes import read_num_classes, read_sizes
from gapjunction.models.dino.published_weights import from_official
from gapjunction.models.torch_files import UNREADABLE
from gapjunction.outside_files import require_plain
from gapjunction.shortage import is_out_of_memory

OFFICIAL_KEY, MMDETECTION_KEY = "model", "state_dict"


@dataclass(frozen=True, slots=True, eq=False)
class PublishedNetwork:
    """What is in a file: the weights fit `DinoNetwork(config, num_classes)`, all of them."""

    config: DinoConfig
    num_classes: int
    weights: dict[str, Tensor]


def read_published(path: Path) -> PublishedNetwork:
    """Return the network in a file of the official code or of MMDetection.

    Raises:
        CheckpointError: if the file is damaged or was written by something else, or naming the
            weight that is missing, unknown or of a wrong shape.
    """
    content = _load(path)
    weights = content.get(OFFICIAL_KEY, content.get(MMDETECTION_KEY))
    if not isinstance(weights, Mapping):
        raise CheckpointError(
            path,
            expected=f"weights under {OFFICIAL_KEY!r} (official code) or {MMDETECTION_KEY!r} "
            "(MMDetection)",
            found=f"the keys {', '.join(map(str, content))}" if content else "none",
            fix="give a file that one of them has saved",
        )
    try:
        official = weights if OFFICIAL_KEY in content else to_official(weights)
        config, num_classes = read_sizes(official), read_num_classes(official)
        network = PublishedNetwork(config, num_classes, from_official(official, config))
        _check_shapes(network)
    except (KeyError, ValueError) as error:
        raise CheckpointError(
            path,
            expected="the weights of DINO with a ResNet or Swin backbone, and no others",
            found=f"no {error.args[0]}" if isinstance(error, KeyError) else str(error),
            fix="give a file of DINO-R50 or DINO-SwinL",
        ) from None
    return network


class _Skipped:
    """Stands in for every object of a file that is no weight, such as its training arguments.

    It takes whatever the file would have built the object from, and forgets it.
    """

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


def _load(path: Path) -> Mapping[str, Any]:
    require_plain(path, CheckpointError)
    try:
        foreign = get_unsafe_globals_in_checkpoint(path)
        with safe_globals([(_Skipped, name) for name in foreign]):
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise CheckpointError(
            path,
            expected="weights, and besides them only what can be skipped",
            found="an object that would have to be run",
            fix=f"have its author save the weights alone, under {OFFICIAL_KEY!r}",
        ) from None
    except UNREADABLE as error:
        if is_out_of_memory(error):
            raise
        raise CheckpointError(
            path,
            expected="a file that torch.save has written",
            found="something else or a damaged file",
            fix="download it again",
        ) from None
    return content if isinstance(content, Mapping) else {}


def _check_shapes(network: PublishedNetwork) -> None:
    """Compare the weights with those of a network of this size, which takes no memory.

    Raises:
        ValueError: naming a weight of another shape.
    """
    with torch.device("meta"):
        wanted = DinoNetwork(network.config, network.num_classes).state_dict()
    for name, tensor in network.weights.items():
        if tensor.shape != wanted[name].shape:
            found, fitting = tuple(tensor.shape), tuple(wanted[name].shape)
            raise ValueError(f"{name} of shape {found} instead of {fitting}")

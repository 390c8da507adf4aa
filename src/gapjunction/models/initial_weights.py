"""Weights to start training from: a run of ours, or a published file."""

from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from gapjunction.errors import CheckpointError
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.dino.config import DinoConfig

# What a network is told beside its weights, which it keeps whatever weights it starts from.
FREE_SETTINGS = ("num_select", "recomputes_activations", "denoising")


@dataclass(frozen=True, slots=True, eq=False)
class InitialWeights:
    """Weights and the network they fit, but for the number of classes."""

    network: CenterNetConfig | DinoConfig
    num_classes: int
    weights: dict[str, Tensor]


def read_initial_weights(path: Path, wanted: CenterNetConfig | DinoConfig) -> InitialWeights:
    """Return what is in a run folder or a published file, for a network of the kind of `wanted`.

    Sizes come from the file, all other settings from `wanted`.

    Raises:
        CheckpointError: if `path` cannot be read or holds a network of another kind.
        ConfigError: if the config in a run folder is wrong.
    """
    found = _read_run(path) if path.is_dir() else _read_file(path)
    if _kind(found.network) != _kind(wanted):
        raise CheckpointError(
            path,
            expected=f"weights of {_kind(wanted)}",
            found=_kind(found.network),
            fix="choose the preset that fits the weights, or other weights",
        )
    if isinstance(found.network, CenterNetConfig):
        return found
    own = {name: getattr(wanted, name) for name in FREE_SETTINGS}
    return InitialWeights(found.network.model_copy(update=own), found.num_classes, found.weights)


def _read_run(folder: Path) -> InitialWeights:
    checkpoint = load_checkpoint(folder)
    return InitialWeights(
        checkpoint.config.network,
        len(checkpoint.config.class_names),
        checkpoint.detector.state_dict(),
    )


def _read_file(path: Path) -> InitialWeights:
    if not path.is_file():
        raise CheckpointError(
            path,
            expected="a run folder or a file with published weights of DINO",
            found="no such file",
            fix="check --weights",
        )
    # Imported here, as transformers takes seconds to import, which the compact detector need not.
    from gapjunction.models.dino.published_file import read_published  # noqa: PLC0415

    published = read_published(path)
    weights = {f"network.{name}": value for name, value in published.weights.items()}
    return InitialWeights(published.config, published.num_classes, weights)


def _kind(network: CenterNetConfig | DinoConfig) -> str:
    if isinstance(network, CenterNetConfig):
        return "the compact detector"
    return f"DINO with a {network.backbone.kind} backbone"

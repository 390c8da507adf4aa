"""Weights to start training from: a run of ours, or a published file."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from gapjunction.errors import CheckpointError
from gapjunction.models.checkpoint import DetectorConfig, build_detector, load_checkpoint
from gapjunction.models.networks import Network
from gapjunction.models.transfer import transfer_weights


@dataclass(frozen=True, slots=True, eq=False)
class InitialWeights:
    """Weights and the network they fit, but for the classes.

    Attributes:
        class_names: in label order; those of a published file are numbered.
    """

    network: Network
    class_names: tuple[str, ...]
    weights: dict[str, Tensor]

    def load_into(self, detector: nn.Module, config: DetectorConfig) -> list[str]:
        """Load what means the same in the detector of `config`; return the names of the rest.

        Layers that tell classes apart do so only for the same classes in the same order. A
        single class may have another name.
        """
        has_same_classes = self.class_names == config.class_names or (
            len(self.class_names) == len(config.class_names) == 1
        )
        skipped = () if has_same_classes else class_layers(config)
        return transfer_weights(self.weights, detector, skipped)


def class_layers(config: DetectorConfig) -> set[str]:
    """Return the names of the weights that depend on the number of classes."""
    more = config.but(class_names=(*config.class_names, "one more"))
    with torch.device("meta"):  # which takes no memory
        shapes, others = (
            {name: value.shape for name, value in build_detector(each).state_dict().items()}
            for each in (config, more)
        )
    return {name for name, shape in shapes.items() if others[name] != shape}


def read_initial_weights(path: Path, wanted: Network) -> InitialWeights:
    """Return what is in a run folder or a published file, for a network with the title of `wanted`.

    Sizes come from the file, all other settings from `wanted`.

    Raises:
        CheckpointError: if `path` cannot be read or holds a network of another kind.
        ConfigError: if the config in a run folder is wrong.
    """
    found = _read_run(path) if path.is_dir() else _read_file(path)
    if found.network.title != wanted.title:
        raise CheckpointError(
            path,
            expected=f"weights of {wanted.title}",
            found=found.network.title,
            fix="choose the preset that fits the weights, or other weights",
        )
    own = {name: getattr(wanted, name) for name in wanted.free_settings}
    return InitialWeights(found.network.but(**own), found.class_names, found.weights)


def _read_run(folder: Path) -> InitialWeights:
    checkpoint = load_checkpoint(folder)
    return InitialWeights(
        checkpoint.config.network,
        checkpoint.config.class_names,
        checkpoint.detector.state_dict(),
    )


def _read_file(path: Path) -> InitialWeights:
    if not path.is_file():
        raise CheckpointError(
            path,
            expected="a run folder or a file with published weights of DINO",
            found="no such file",
            fix="check the path",
            settings=("weights",),
        )
    # transformers takes seconds to import, which other networks need not.
    from gapjunction.models.dino.published_file import read_published  # noqa: PLC0415

    published = read_published(path)
    weights = {f"network.{name}": value for name, value in published.weights.items()}
    names = tuple(f"class_{label}" for label in range(published.num_classes))
    return InitialWeights(published.config, names, weights)

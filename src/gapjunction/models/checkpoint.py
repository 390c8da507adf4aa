"""Save a detector as ``model.safetensors`` and ``config.json``, and load it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import Field
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from gapjunction.brightness import Brightness
from gapjunction.calibration import Calibration
from gapjunction.config import StrictConfig, read_config
from gapjunction.errors import CheckpointError
from gapjunction.files import sha256_of, write_text, written_whole
from gapjunction.images.plane_choice import ALL_CHANNELS
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.detector import Detector
from gapjunction.models.networks import Network
from gapjunction.salience import Salience
from gapjunction.shortage import is_out_of_memory
from gapjunction.unlikeness import KnownSigns

WEIGHTS_NAME, CONFIG_NAME = "model.safetensors", "config.json"
CARD_NAME = "MODEL_CARD.md"  # for people: what a detector was trained on, and how well it does
VERSION_DIGITS = 8
MOST_SHOWN = 200  # characters of what torch says


class PixelSizes(StrictConfig):
    """The pixels of the images that a detector was trained on: their sides in um."""

    finest_um: float = Field(gt=0)
    coarsest_um: float = Field(gt=0)


class PlaqueScoring(StrictConfig):
    """How sure the plaques of a stack are, and which of them count.

    Attributes:
        calibration: makes probabilities of `stacks.plaque_scores`; its images are stacks.
        threshold: plaques with this probability or more are counted.
    """

    calibration: Calibration
    threshold: float = Field(ge=0, le=1)


class DetectorConfig(StrictConfig):
    """All that is needed to build a detector and to use it as it was trained.

    Attributes:
        class_names: in label order.
        class_colors: "#RRGGBB" for each class.
        network: the network and its size.
        tile_size: side in px of the tiles an image is cut into; a multiple of 32.
        magnification: tiles are shown to the network enlarged by this factor.
        overlap: px that neighboring tiles share: no less than the largest object's side.
        pixel_sizes: of the images it was trained on; None where they are not known.
        channel: of color pictures, the name of the one that it was trained on; "all" for color;
            none where images of several stainings, or grey ones, are taken from the channel in
            which it sees most.
        stain: of color pictures with that channel, as in `samples.channel_light.stain_shares`:
            what shines in other channels by more is not counted; None counts all in the channel.
        calibration: what the network's scores mean; it makes probabilities of them.
        score_threshold: detections with this probability or more are counted.
        plaques: of stacks; None where no stack was annotated, neither for it nor for what its
            training started from: what counts in slices is linked then, and each plaque counts.
        known: the signs of images like those of the calibration; None where they were not fitted:
            nothing tells then whether an image is unlike them.
        salience: how far brightness decides where it doubts; None: not at all, as in models that
            learnt from people's annotations what they mark.
        brightness: what it says besides the network's scores, as the annotations show that it was
            trained on; None where that is nothing.
    """

    class_names: tuple[str, ...]
    class_colors: tuple[str, ...]
    network: Network = CenterNetConfig()
    tile_size: int = Field(default=512, ge=32)
    magnification: int = Field(default=1, ge=1)
    overlap: int = Field(default=64, ge=0)
    pixel_sizes: PixelSizes | None = None
    channel: tuple[str, ...] = ALL_CHANNELS
    stain: tuple[float, ...] | None = None
    calibration: Calibration = Calibration()
    score_threshold: float = Field(default=0.5, ge=0, le=1)
    plaques: PlaqueScoring | None = None
    known: KnownSigns | None = None
    salience: Salience | None = None
    brightness: Brightness | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A detector ready for use; `version` is the start of its weights' SHA-256."""

    detector: Detector
    config: DetectorConfig
    version: str
    folder: Path


def build_detector(config: DetectorConfig) -> Detector:
    """Return a detector with random weights, drawn from torch's global generator."""
    return config.network.build(len(config.class_names))


def save_checkpoint(detector: nn.Module, config: DetectorConfig, folder: Path) -> str:
    """Write weights and config to `folder`, each whole or not at all; return the version."""
    weights = {name: tensor.cpu().contiguous() for name, tensor in detector.state_dict().items()}
    with written_whole(folder / WEIGHTS_NAME) as partial:
        partial.touch()
        mode = partial.stat().st_mode
        save_file(weights, partial, metadata={"format": "pt"})
        partial.chmod(mode)  # safetensors lets nobody but the owner read the file
    save_config(config, folder)
    return weights_version(folder)


def save_config(config: DetectorConfig, folder: Path) -> None:
    """Write how to use the weights in `folder`."""
    write_text(folder / CONFIG_NAME, config.model_dump_json(indent=2) + "\n")


def load_checkpoint(folder: Path, device: torch.device | str = "cpu") -> Checkpoint:
    """Read the detector in `folder`, in evaluation mode, on `device`.

    Raises:
        CheckpointError: if a file is missing or damaged, or weights and config do not fit.
        ConfigError: if the config holds a wrong setting.
    """
    weights_path = folder / WEIGHTS_NAME
    if not weights_path.is_file():
        raise CheckpointError(
            folder,
            expected=f"a folder with {WEIGHTS_NAME} and {CONFIG_NAME}",
            found=_what_is_there(folder),
            fix="give the folder that 'gapjunction train' wrote, or train first",
        )
    config = read_config(DetectorConfig, folder / CONFIG_NAME)
    shapes = _shapes_of_network(config, folder / CONFIG_NAME)
    try:
        _require_shapes(weights_path, shapes)  # before the network takes memory
        detector = build_detector(config)
        detector.load_state_dict(load_file(weights_path))
    except (SafetensorError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise
        found = " ".join(str(error).split())[:MOST_SHOWN]
        raise _refusal(weights_path, found) from None
    detector.to(device).eval()
    return Checkpoint(detector, config, weights_version(folder), folder)


def _shapes_of_network(config: DetectorConfig, path: Path) -> dict[str, list[int]]:
    """Return the shapes of the weights by their names, without memory for them."""
    try:
        with torch.device("meta"):
            weights = build_detector(config).state_dict()
    except (ArithmeticError, RuntimeError, TypeError, ValueError) as error:
        raise CheckpointError(
            path,
            item="network",
            expected="sizes of a network that can be built",
            found=(str(error).splitlines() or [type(error).__name__])[0][:MOST_SHOWN],
            fix="copy both files of the run again",
        ) from None
    return {name: [*weight.shape] for name, weight in weights.items()}


def _require_shapes(path: Path, wanted: Mapping[str, list[int]]) -> None:
    with safe_open(path, "pt") as weights:
        found = {name: weights.get_slice(name).get_shape() for name in weights.keys()}  # noqa: SIM118
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            shapes = f"{found.get(name, 'none')} in place of {wanted.get(name, 'none')}"
            raise _refusal(path, f"{name} of the shape {shapes}")


def _refusal(path: Path, found: str) -> CheckpointError:
    return CheckpointError(
        path,
        expected=f"weights for the network in {CONFIG_NAME}",
        found=found,
        fix="copy both files of the run again",
    )


def _what_is_there(folder: Path) -> str:
    if folder.is_dir():
        return f"a folder without {WEIGHTS_NAME}"
    return "a file" if folder.exists() else "no such folder"


def weights_version(folder: Path) -> str:
    """Return the model version: the first 8 digits of the weights' SHA-256."""
    return sha256_of(folder / WEIGHTS_NAME)[:VERSION_DIGITS]

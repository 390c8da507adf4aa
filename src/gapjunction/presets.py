"""The presets, by name: each states only what differs from the defaults."""

from dataclasses import dataclass
from typing import Literal

from gapjunction.errors import ConfigError
from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.training.config import TrainingConfig

PresetName = Literal["medium_quality", "high_quality", "best_quality"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A network and the settings to train it with."""

    summary: str
    network: CenterNetConfig
    training: TrainingConfig


PRESETS: dict[PresetName, Preset] = {
    "medium_quality": Preset("compact detector, for any CPU", CenterNetConfig(), TrainingConfig()),
}
PLANNED: dict[PresetName, str] = {
    "high_quality": "DINO-ResNet50",
    "best_quality": "DINO-SwinL",
}


def find_preset(name: PresetName) -> Preset:
    """Return the preset called `name`.

    Raises:
        ConfigError: if this version does not have it yet.
    """
    if name in PLANNED:
        raise ConfigError(
            f"--presets {name}",
            expected=f"one of {', '.join(PRESETS)}",
            found=f"{PLANNED[name]}, which this version cannot train yet",
            fix="use --presets medium_quality",
        )
    return PRESETS[name]


def choose_preset(*, has_cuda: bool) -> tuple[PresetName, str]:
    """Return the preset for a machine, and the reason, for users who named none."""
    if has_cuda:
        return "high_quality", "a CUDA GPU was found"
    return "medium_quality", "no CUDA GPU was found"

"""Small networks of DINO with what the official code made of the same inputs and weights."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from gapjunction.models.dino.config import DinoConfig
from gapjunction.models.dino.denoising import DenoisingConfig, NoiseDraws
from gapjunction.models.dino.network import DinoTransformer
from gapjunction.models.dino.published_weights import name_map
from gapjunction.models.dino.sizes import ResNetSpec
from gapjunction.models.dino.targets import Target

GOLDEN = Path(__file__).parent / "models" / "dino" / "golden"
FACTS: dict[str, Any] = json.loads((GOLDEN / "forward" / "facts.json").read_text(encoding="utf-8"))
CASES = ("tiny4", "tiny5")
NUM_CLASSES = 3
TINY4 = DinoConfig(
    backbone=ResNetSpec(stem_width=8, widths=(32, 64, 128, 256), depths=(1, 1, 1, 1)),
    hidden_dim=64,
    num_heads=4,
    ffn_dim=128,
    num_encoder_layers=2,
    num_decoder_layers=2,
    num_queries=30,
    num_select=20,
)
TINY5 = TINY4.but(
    num_levels=5,
    num_decoder_layers=3,
    denoising=DenoisingConfig(box_noise_scale=0.4),
)


@dataclass(frozen=True)
class ForwardCase:
    """One network with the recorded weights, in evaluation mode, its inputs and outputs."""

    config: DinoConfig
    transformer: DinoTransformer
    maps: list[Tensor]
    is_padding: Tensor
    targets: list[Target]
    evaluation: dict[str, Tensor]
    training: dict[str, Tensor]
    image_sizes_hw: Tensor

    @property
    def num_objects(self) -> float:
        return float(sum(map(len, self.targets)))

    def draws(self) -> NoiseDraws:
        """Return the recorded draws; labels were only drawn for the copies that get a new one."""
        chances = self.training["dn.draw.label_p"]
        new_labels = torch.zeros(len(chances), dtype=torch.int64)
        is_replaced = chances < self.config.denoising.label_noise_ratio / 2
        new_labels[is_replaced] = self.training["dn.draw.new_label"]
        signs = 2 * self.training["dn.draw.box_sign01"] - 1
        return NoiseDraws(chances, new_labels, signs, self.training["dn.draw.box_part"])


def load_operations() -> dict[str, Tensor]:
    return load_file(GOLDEN / "operations" / "operations.safetensors")


def load_forward_case(name: str) -> ForwardCase:
    """Return the recorded case of this name."""
    config = {"tiny4": TINY4, "tiny5": TINY5}[name]
    channels = config.backbone.widths[1 - config.num_levels :]  # type: ignore[union-attr]
    transformer = DinoTransformer(config, channels, NUM_CLASSES)
    transformer.load_state_dict(to_ours(load_part(name, "weights"), config))
    inputs = load_part(name, "inputs")
    return ForwardCase(
        config=config,
        transformer=transformer.eval(),
        maps=[inputs[f"features.{level}"] for level in range(len(channels))],
        is_padding=inputs["image_mask"].bool(),
        targets=[
            Target(inputs[f"targets.{image}.boxes"], inputs[f"targets.{image}.labels"])
            for image in range(2)
        ],
        evaluation=load_part(name, "eval"),
        training=load_part(name, "train"),
        image_sizes_hw=inputs["orig_target_sizes_hw"],
    )


def load_part(name: str, part: str) -> dict[str, Tensor]:
    return load_file(GOLDEN / "forward" / name / f"{part}.safetensors")


def to_ours(official: dict[str, Tensor], config: DinoConfig) -> dict[str, Tensor]:
    """Return recorded tensors, one for each weight, under the names in our transformer."""
    names = name_map(config)
    ours = {names[name][0].removeprefix("transformer."): official[name] for name in official}
    return ours | {"label_embedding.weight": ours["label_embedding.weight"][:NUM_CLASSES]}


def assert_near(found: Tensor, recorded: Tensor, atol: float = 5e-5) -> None:
    torch.testing.assert_close(found, recorded, atol=atol, rtol=0)

"""Tests for `gapjunction.models.dino.deformable_attention`."""

import pytest
import torch
from torch import Tensor

from dino_forward_cases import assert_near, load_operations
from gapjunction.models.dino.deformable_attention import DeformableAttention, sample_tokens
from gapjunction.models.dino.token_geometry import TokenGeometry

OPERATIONS = load_operations()
OFFICIAL_NAMES = {
    "sampling_offsets": "sampling_offsets",
    "attention_weights": "attention_weights",
    "value_projection": "value_proj",
    "output_projection": "output_proj",
}


def recorded_attention() -> tuple[DeformableAttention, TokenGeometry]:
    attention = DeformableAttention(64, num_heads=4, num_levels=3, num_points=4)
    attention.load_state_dict(
        {
            f"{ours}.{leaf}": OPERATIONS[f"msda.weight.{official}.{leaf}"]
            for ours, official in OFFICIAL_NAMES.items()
            for leaf in ("weight", "bias")
        }
    )
    sizes = tuple((height, width) for height, width in OPERATIONS["msda.spatial_shapes"].tolist())
    is_padding = OPERATIONS["msda.padding_mask"].bool()
    nothing = torch.zeros(0)
    cell_sizes = torch.tensor([[1 / width, 1 / height] for height, width in sizes])
    return attention, TokenGeometry(sizes, cell_sizes, is_padding, nothing, nothing)


def relative_error(found: Tensor | None, expected: Tensor) -> float:
    assert found is not None
    return float((found - expected).norm() / expected.norm())


@pytest.mark.parametrize("kind", ["ref2", "ref4"])
def test_forward__recorded_case__gives_the_official_output_and_gradients(kind: str) -> None:
    attention, geometry = recorded_attention()
    inputs = {"query": "query", "input_flatten": "input_flatten", "ref": kind}
    queries, tokens, references = (
        OPERATIONS[f"msda.{name}"].clone().requires_grad_() for name in inputs.values()
    )
    output = attention(queries, references, tokens, geometry)
    assert_near(output, OPERATIONS[f"msda.{kind}.out"], atol=1e-5)
    (output * OPERATIONS["msda.grad_output"]).sum().backward()
    for name, tensor in zip(inputs, (queries, tokens, references), strict=True):
        assert relative_error(tensor.grad, OPERATIONS[f"msda.{kind}.grad_{name}"]) < 1e-5
    for ours, official in OFFICIAL_NAMES.items():
        layer = attention.get_submodule(ours)
        for leaf in ("weight", "bias"):
            recorded = OPERATIONS[f"msda.{kind}.grad_weight.{official}.{leaf}"]
            assert relative_error(layer.get_parameter(leaf).grad, recorded) < 1e-5


@pytest.mark.parametrize(
    ("width", "num_levels", "num_heads"), [(256, 4, 8), (256, 5, 8), (64, 3, 4)]
)
def test_deformable_attention__untrained__looks_where_the_official_one_does(
    width: int, num_levels: int, num_heads: int
) -> None:
    attention = DeformableAttention(width, num_heads, num_levels, num_points=4)
    case = f"d{width}_levels{num_levels}_heads{num_heads}_points4"
    recorded = OPERATIONS[f"init.sampling_offsets_bias.{case}"]
    assert_near(attention.sampling_offsets.bias, recorded, atol=1e-6)
    assert not bool(attention.sampling_offsets.weight.any())
    assert not bool(attention.attention_weights.weight.any())


def test_sample_tokens__points_on_cell_centers__find_the_values_there() -> None:
    values = torch.arange(6.0).view(1, 6, 1, 1)  # of a map with 2 rows and 3 columns
    points = torch.tensor([[1 / 6, 1 / 4], [5 / 6, 1 / 4], [3 / 6, 3 / 4]]).view(1, 3, 1, 1, 1, 2)
    found = sample_tokens(values, points, torch.ones(1, 3, 1, 1, 1), [(2, 3)])
    torch.testing.assert_close(found.flatten(), torch.tensor([0.0, 2.0, 4.0]))


def test_sample_tokens__point_between_cells__interpolates_and_outside_is_zero() -> None:
    values = torch.tensor([2.0, 6.0]).view(1, 2, 1, 1)
    points = torch.tensor([[0.5, 0.5], [0.0, 0.5], [1.5, 0.5]]).view(1, 3, 1, 1, 1, 2)
    found = sample_tokens(values, points, torch.ones(1, 3, 1, 1, 1), [(1, 2)])
    torch.testing.assert_close(found.flatten(), torch.tensor([4.0, 1.0, 0.0]))


def test_sample_tokens__two_heads_and_levels__keep_to_their_own_channels() -> None:
    values = torch.tensor([[[1.0], [10.0]], [[2.0], [20.0]]])[None]  # one cell in each level
    weights = torch.tensor([[[0.25], [0.75]], [[1.0], [0.0]]])[None, None]
    points = torch.full((1, 1, 2, 2, 1, 2), 0.5)
    found = sample_tokens(values, points, weights, [(1, 1), (1, 1)])
    assert found.tolist() == [[[0.25 * 1 + 0.75 * 2, 10.0]]]

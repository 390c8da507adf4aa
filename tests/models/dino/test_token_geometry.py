"""Tests for `gapjunction.models.dino.token_geometry`."""

import torch

from dino_forward_cases import assert_near, load_forward_case, load_operations
from gapjunction.models.dino.token_geometry import describe_tokens, shrink_padding

OPERATIONS = load_operations()


def padded(height: int, width: int, valid_height: int, valid_width: int) -> torch.Tensor:
    is_padding = torch.ones(1, height, width, dtype=torch.bool)
    is_padding[:, :valid_height, :valid_width] = False
    return is_padding


def test_shrink_padding__recorded_image__gives_the_official_masks() -> None:
    case = load_forward_case("tiny4")
    for level in range(4):
        recorded = case.evaluation[f"mask.{level}"].bool()
        found = shrink_padding(case.is_padding, *recorded.shape[1:])
        assert torch.equal(found, recorded)


def test_describe_tokens__recorded_masks__gives_the_official_geometry() -> None:
    image_mask = OPERATIONS["proposals.image_mask"].bool()
    sizes = OPERATIONS["proposals.spatial_shapes"].tolist()
    geometry = describe_tokens([shrink_padding(image_mask, *size) for size in sizes])
    assert [list(size) for size in geometry.level_sizes] == sizes
    assert torch.equal(geometry.is_padding, OPERATIONS["proposals.mask_flatten"].bool())
    assert_near(geometry.valid_ratios, OPERATIONS["proposals.valid_ratios"], atol=1e-7)
    references = geometry.centers_norm[:, :, None] * geometry.valid_ratios[:, None]
    assert_near(references, OPERATIONS["proposals.encoder_reference_points"], atol=1e-6)


def test_describe_tokens__padded_map__places_cells_in_the_image() -> None:
    geometry = describe_tokens([padded(3, 5, valid_height=2, valid_width=4)])
    torch.testing.assert_close(geometry.valid_ratios, torch.tensor([[[4 / 5, 2 / 3]]]))
    corners = geometry.centers_norm[0, [0, 8, 14]]
    torch.testing.assert_close(
        corners, torch.tensor([[0.5 / 4, 0.5 / 2], [3.5 / 4, 1.5 / 2], [4.5 / 4, 2.5 / 2]])
    )
    torch.testing.assert_close(geometry.cell_sizes, torch.tensor([[1 / 5, 1 / 3]]))

"""Tests for `gapjunction.models.dino.position_encoding`."""

import math

import pytest
import torch

from dino_forward_cases import assert_near, load_operations
from gapjunction.models.dino.position_encoding import encode_boxes, encode_tokens

OPERATIONS = load_operations()


def test_encode_tokens__recorded_mask__gives_the_official_encoding() -> None:
    found = encode_tokens(OPERATIONS["posenc.mask"].bool(), hidden_dim=64)
    recorded = OPERATIONS["posenc.T20.normalized.feats32"]
    assert_near(found.permute(0, 3, 1, 2), recorded, atol=1e-6)


def test_encode_tokens__first_wave__turns_once_over_the_image_whatever_the_padding() -> None:
    is_padding = torch.zeros(1, 4, 12, dtype=torch.bool)
    is_padding[:, :, 8:] = True
    sines, cosines = encode_tokens(is_padding, hidden_dim=8)[0, 0, :8, 4:6].T
    angles = torch.arange(1, 9) / 8 * 2 * math.pi
    torch.testing.assert_close(sines, angles.sin(), atol=1e-5, rtol=0)
    torch.testing.assert_close(cosines, angles.cos(), atol=1e-5, rtol=0)


def test_encode_boxes__recorded_boxes__gives_the_official_encoding() -> None:
    found = encode_boxes(OPERATIONS["query_sine.pos4"], hidden_dim=256)
    assert_near(found, OPERATIONS["query_sine.out4"], atol=1e-5)


@pytest.mark.parametrize(("coordinate", "part"), [(0, 1), (1, 0), (2, 2), (3, 3)])
def test_encode_boxes__each_coordinate__fills_its_own_part(coordinate: int, part: int) -> None:
    boxes = torch.full((2, 4), 0.5)
    boxes[1, coordinate] = 0.7
    here, moved = encode_boxes(boxes, hidden_dim=8).view(2, 4, 4)
    assert [not torch.equal(here[each], moved[each]) for each in range(4)] == [
        each == part for each in range(4)
    ]

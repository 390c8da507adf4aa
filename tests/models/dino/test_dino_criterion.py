"""Tests for `gapjunction.models.dino.criterion`."""

import pytest
import torch
from torch import Tensor

from dino_loss_cases import CASES, LossCase, known_assignment, load_case
from gapjunction.models.dino import criterion
from gapjunction.models.dino.criterion import dino_losses, focal_loss
from gapjunction.models.dino.outputs import DinoOutput, LayerOutput
from gapjunction.models.dino.targets import Target

TARGETS = [
    Target(torch.tensor([[0.3, 0.4, 0.2, 0.1], [0.7, 0.6, 0.1, 0.3]]), torch.tensor([0, 2])),
    Target(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64)),
]


def losses_of(case: LossCase) -> dict[str, Tensor]:
    return dino_losses(case.output, case.targets, case.denoising, case.num_objects)


def perfect_layer(sharpness: float) -> LayerOutput:
    """Return two images' queries of which the first ones lie on the objects of `TARGETS`."""
    logits = torch.full((2, 6, 3), -sharpness)
    boxes = torch.full((2, 6, 4), 0.5)
    for image, target in enumerate(TARGETS):
        logits[image, torch.arange(len(target)), target.labels] = sharpness
        boxes[image, : len(target)] = target.boxes_cxcywh_norm
    return LayerOutput(logits, boxes)


def output_of(layer: LayerOutput) -> DinoOutput:
    return DinoOutput((layer, layer), layer, None)


@pytest.mark.parametrize("name", CASES)
def test_dino_losses__recorded_predictions__gives_the_official_losses(name: str) -> None:
    case = load_case(name)
    found = {key: loss.item() for key, loss in losses_of(case).items()}
    # Where no image has an object, the official code names the losses of denoising and sets them 0.
    assert found == pytest.approx(
        {key: loss for key, loss in case.losses.items() if key in found}, rel=1e-5
    )
    assert all(loss == 0 for key, loss in case.losses.items() if key not in found)


@pytest.mark.parametrize("name", ["train_4_1_0", "train_all_empty"])
def test_dino_losses__gradients__are_the_official_ones(name: str) -> None:
    case = load_case(name)
    torch.stack(list(losses_of(case).values())).sum().backward()  # type: ignore[no-untyped-call]
    assert case.gradients.keys() == case.predictions.keys()
    for key, prediction in case.predictions.items():
        assert prediction.grad is not None
        expected = case.gradients[key]
        scale = float(expected.abs().max())
        torch.testing.assert_close(prediction.grad, expected, rtol=1e-3, atol=1e-6 * scale)


def test_dino_losses__keys__name_layer_and_kind() -> None:
    found = dino_losses(output_of(perfect_layer(1.0)), TARGETS, None, 2)
    kinds = ("loss_ce", "loss_bbox", "loss_giou")
    assert set(found) == {f"{kind}{suffix}" for kind in kinds for suffix in ("", "_0", "_interm")}


def test_dino_losses__perfect_predictions__are_nearly_zero() -> None:
    found = dino_losses(output_of(perfect_layer(12.0)), TARGETS, None, 2)
    # The margin against division by zero keeps the GIoU of small boxes from reaching 1.
    assert max(map(float, found.values())) < 1e-3


def test_dino_losses__permuted_queries__stay_the_same() -> None:
    layer = perfect_layer(0.5)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    shuffled = LayerOutput(layer.logits[:, order], layer.boxes_cxcywh_norm[:, order])
    before, after = (dino_losses(output_of(each), TARGETS, None, 2) for each in (layer, shuffled))
    assert {k: float(v) for k, v in after.items()} == pytest.approx(
        {k: float(v) for k, v in before.items()}
    )


@pytest.mark.parametrize("num_objects", [0.0, 0.5, 1.0])
def test_dino_losses__fewer_than_one_object__divide_by_one(num_objects: float) -> None:
    output = output_of(perfect_layer(0.0))
    found = dino_losses(output, TARGETS[1:] * 2, None, num_objects)
    assert float(found["loss_ce"]) == pytest.approx(36 * 0.75 * 0.25 * 0.6931, rel=1e-3)
    assert float(found["loss_bbox"]) == float(found["loss_giou"]) == 0


def test_dino_losses__more_objects_elsewhere__divide_by_their_mean_number() -> None:
    output = output_of(perfect_layer(0.0))
    alone, among_many = (dino_losses(output, TARGETS, None, count) for count in (2, 8))
    for key, loss in alone.items():
        assert float(among_many[key]) == pytest.approx(float(loss) / 4)


@pytest.mark.parametrize(
    ("kind", "weight"), [("loss_ce", "CLASS"), ("loss_bbox", "L1"), ("loss_giou", "GIOU")]
)
def test_dino_losses__weight_of_a_kind__scales_that_kind_only(
    kind: str, weight: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = LayerOutput(torch.zeros(2, 6, 3), torch.full((2, 6, 4), 0.5))
    once = dino_losses(output_of(layer), TARGETS, None, 2)
    monkeypatch.setattr(criterion, f"{weight}_WEIGHT", 3 * getattr(criterion, f"{weight}_WEIGHT"))
    thrice = dino_losses(output_of(layer), TARGETS, None, 2)
    changed = {name for name in once if float(thrice[name]) == pytest.approx(3 * float(once[name]))}
    assert changed == {name for name in once if name.startswith(kind)}


def test_dino_losses__denoising__does_not_match_but_knows_its_objects() -> None:
    # Each query lies on the other object of its image: a matcher would set that right.
    layer = perfect_layer(12.0)
    swapped = layer.boxes_cxcywh_norm[:, [1, 0, 2, 3, 4, 5]]
    denoising_layer = LayerOutput(layer.logits[:, :4], swapped[:, :4])
    output = DinoOutput((layer,), layer, (denoising_layer,))
    found = dino_losses(output, TARGETS, known_assignment(TARGETS, 1), 2)
    distance = float(
        (TARGETS[0].boxes_cxcywh_norm[0] - TARGETS[0].boxes_cxcywh_norm[1]).abs().sum()
    )
    assert float(found["loss_bbox_dn"]) == pytest.approx(5 * distance)
    assert float(found["loss_bbox"]) == 0


def test_dino_losses__half_precision_predictions__are_compared_in_full_precision() -> None:
    layer = perfect_layer(3.3)
    half = LayerOutput(layer.logits.bfloat16(), layer.boxes_cxcywh_norm.bfloat16())
    full = LayerOutput(half.logits.float(), half.boxes_cxcywh_norm.float())
    found, expected = (dino_losses(output_of(each), TARGETS, None, 2) for each in (half, full))
    assert {k: float(v) for k, v in found.items()} == {k: float(v) for k, v in expected.items()}


@pytest.mark.parametrize(
    ("logit", "truth", "expected"),
    [(0.0, 1.0, 0.25 * 0.25 * 0.6931), (0.0, 0.0, 0.75 * 0.25 * 0.6931), (50.0, 1.0, 0.0)],
)
def test_focal_loss__one_logit__follows_the_formula(
    logit: float, truth: float, expected: float
) -> None:
    loss = focal_loss(torch.tensor([logit]), torch.tensor([truth]))
    assert float(loss) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("logit", [-200.0, 200.0])
@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_focal_loss__extreme_logits__have_finite_gradients(logit: float, truth: float) -> None:
    logits = torch.tensor([logit], requires_grad=True)
    focal_loss(logits, torch.tensor([truth])).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert bool(torch.isfinite(logits.grad).all())

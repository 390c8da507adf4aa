"""Tests for `gapjunction.training.loop`."""

import itertools
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate.state import AcceleratorState
from torch import Tensor, nn

from gapjunction.boxes import as_boxes
from gapjunction.errors import CheckpointError, TrainingDiverged
from gapjunction.images.pictures import write_png
from gapjunction.models.centernet.model import CenterNet, CenterNetConfig
from gapjunction.models.detector import Annotations
from gapjunction.samples.torch_dataset import TileDataset, TrainingImage
from gapjunction.training.config import TrainingConfig
from gapjunction.training.loop import Hooks, train
from gapjunction.training.records import (
    EpochRecord,
    Validation,
    best_record,
    is_better,
    read_records,
)

CONFIG = TrainingConfig(max_epochs=4, tiles_per_epoch=4, tile_size=32, batch_size=2)
SCORES = (0.2, 0.6, 0.6, 0.4)

State = dict[str, Tensor]


@pytest.fixture(autouse=True)
def _fresh_accelerate() -> Iterator[None]:
    """Forget the devices and precision that accelerate keeps for the whole process."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.fixture
def tiles(tmp_path: Path) -> TileDataset:
    """Return tiles of an image with three bright squares."""
    boxes = as_boxes([[4, 6, 14, 18], [30, 8, 40, 16], [50, 50, 58, 60]])
    pixels = np.random.default_rng(0).integers(0, 30, (1, 64, 64), dtype=np.uint8)
    for x0, y0, x1, y1 in boxes.astype(int):
        pixels[:, y0:y1, x0:x1] = 220
    write_png(tmp_path / "image.png", pixels)
    image = TrainingImage(tmp_path / "image.png", boxes, np.zeros(3, np.int64))
    return TileDataset([image], CONFIG.tile_size, CONFIG.augmentation, seed=0)


def hooks(scores: Sequence[float] = SCORES) -> Hooks:
    """Return hooks that do nothing and give the epochs these scores; the start has 0."""
    left = iter(scores)
    return Hooks(
        validate=lambda _, epoch: Validation(next(left) if epoch else 0.0, {"f1": 0.5}),
        on_step=lambda *_: None,
        on_epoch=lambda *_: None,
    )


def run(
    tiles: TileDataset,
    state_path: Path,
    hooks: Hooks,
    config: TrainingConfig = CONFIG,
    widths: tuple[int, int, int, int] = (4, 4, 4, 4),
) -> tuple[CenterNet, list[EpochRecord]]:
    """Train a tiny new detector, or go on from the state."""
    torch.manual_seed(0)
    detector = CenterNet(CenterNetConfig(widths=widths), num_classes=1)
    return detector, train(detector, tiles, config, hooks, state_path, use_cpu=True)


def without_times(records: list[EpochRecord]) -> list[EpochRecord]:
    return [replace(record, seconds=0.0) for record in records]


def equal(first: nn.Module, second: nn.Module) -> bool:
    one, other = first.state_dict(), second.state_dict()
    return all(torch.equal(one[name], other[name]) for name in one)


def record(epoch: int, score: float) -> EpochRecord:
    return EpochRecord(epoch, {}, 0.1, 1.0, Validation(score, {}))


def stopping_after(epoch: int) -> Callable[[nn.Module, list[EpochRecord], bool], None]:
    """Return an `on_epoch` that breaks off in the epoch after `epoch`, as a crash does."""

    def stop(_: nn.Module, records: list[EpochRecord], __: bool) -> None:
        if records[-1].epoch > epoch:
            raise KeyboardInterrupt

    return stop


@pytest.mark.long
@pytest.mark.parametrize("epoch", [0, 1, 3])
def test_train__resumed_after_a_break__ends_as_without_it(
    tiles: TileDataset, tmp_path: Path, epoch: int
) -> None:
    whole, expected = run(tiles, tmp_path / "whole.pt", hooks())
    broken = tmp_path / "broken.pt"
    with pytest.raises(KeyboardInterrupt):
        run(tiles, broken, replace(hooks(), on_epoch=stopping_after(epoch)))
    assert len(read_records(broken)) == 1 + epoch
    resumed, records = run(tiles, broken, hooks(SCORES[epoch:]))
    assert equal(whole, resumed)
    assert without_times(records) == without_times(expected)
    assert records == read_records(broken)


@pytest.mark.long
def test_train__resumed_after_a_break__averages_as_without_it(
    tiles: TileDataset, tmp_path: Path
) -> None:
    averages: list[State] = []

    def keep(model: nn.Module, *_: object) -> None:
        averages.append({name: tensor.clone() for name, tensor in model.state_dict().items()})

    run(tiles, tmp_path / "whole.pt", replace(hooks(), on_epoch=keep))
    with pytest.raises(KeyboardInterrupt):
        run(tiles, tmp_path / "broken.pt", replace(hooks(), on_epoch=stopping_after(2)))
    run(tiles, tmp_path / "broken.pt", replace(hooks(SCORES[2:]), on_epoch=keep))
    whole, resumed = averages[4], averages[-1]
    assert len(averages) == 7
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


class Dithering(CenterNet):
    """Draws random numbers in each step, as the denoising of DINO does."""

    def forward(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        return super().forward(tiles + torch.rand(1), annotations, num_objects)


@pytest.mark.long
@pytest.mark.parametrize("num_workers", [0, 1])
def test_train__resumed_network_that_draws__ends_as_without_the_break(
    tiles: TileDataset, tmp_path: Path, num_workers: int
) -> None:
    config = CONFIG.but(num_workers=num_workers, max_epochs=3)

    def run_dithering(state_path: Path, own_hooks: Hooks) -> nn.Module:
        torch.manual_seed(0)
        detector = Dithering(CenterNetConfig(widths=(4, 4, 4, 4)), num_classes=1)
        train(detector, tiles, config, own_hooks, state_path, use_cpu=True)
        return detector

    whole = run_dithering(tmp_path / "whole.pt", hooks())
    with pytest.raises(KeyboardInterrupt):
        run_dithering(tmp_path / "broken.pt", replace(hooks(), on_epoch=stopping_after(1)))
    resumed = run_dithering(tmp_path / "broken.pt", hooks(SCORES[1:]))
    assert equal(whole, resumed)


def test_train__state_of_more_processes__is_refused(tiles: TileDataset, tmp_path: Path) -> None:
    run(tiles, tmp_path / "state.pt", hooks())
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    torch.save(state | {"num_processes": 4}, tmp_path / "state.pt")
    with pytest.raises(CheckpointError, match="to go on with 4 processes, as it was begun"):
        run(tiles, tmp_path / "state.pt", hooks())


def test_train__finished_run__is_left_as_it_is(tiles: TileDataset, tmp_path: Path) -> None:
    first, expected = run(tiles, tmp_path / "state.pt", hooks())
    again, records = run(tiles, tmp_path / "state.pt", hooks([]))
    assert records == expected
    assert equal(first, again)


def test_train__one_seed_twice__gives_the_same_weights_and_records(
    tiles: TileDataset, tmp_path: Path
) -> None:
    first, records = run(tiles, tmp_path / "first.pt", hooks())
    second, same = run(tiles, tmp_path / "second.pt", hooks())
    assert equal(first, second)
    assert without_times(records) == without_times(same)


def test_train__epochs__see_new_tiles_each(tiles: TileDataset, tmp_path: Path) -> None:
    seen: list[int] = []

    class Watched(TileDataset):
        def __getitem__(self, number: int):  # type: ignore[no-untyped-def]
            seen.append(number)
            return super().__getitem__(number)

    watched = Watched(tiles.images, tiles.tile_size, tiles.augmentation, tiles.seed)
    run(watched, tmp_path / "state.pt", hooks())
    assert seen == list(range(16))


@pytest.mark.long
def test_train__loss__falls(tiles: TileDataset, tmp_path: Path) -> None:
    config = CONFIG.but(max_epochs=12, learning_rate=0.02)
    _, records = run(tiles, tmp_path / "state.pt", hooks([0.1] * 12), config)
    assert sum(records[-1].losses.values()) < 0.7 * sum(records[1].losses.values())


def test_train__record__holds_the_mean_losses_of_its_steps(
    tiles: TileDataset, tmp_path: Path
) -> None:
    steps: list[tuple[int, float]] = []
    recording = replace(hooks(), on_step=lambda epoch, loss: steps.append((epoch, loss)))
    _, records = run(tiles, tmp_path / "state.pt", recording)
    assert [epoch for epoch, _ in steps] == [1, 1, 2, 2, 3, 3, 4, 4]
    for each in records[1:]:
        own = [loss for epoch, loss in steps if epoch == each.epoch]
        assert sum(each.losses.values()) == pytest.approx(sum(own) / 2, rel=1e-5)


def test_train__learning_rate__is_that_of_the_first_step_of_an_epoch(
    tiles: TileDataset, tmp_path: Path
) -> None:
    config = CONFIG.but(warmup_epochs=2.0)
    _, records = run(tiles, tmp_path / "state.pt", hooks(), config)
    # Four steps of warm-up, then half a cosine over four.
    shares = [each.learning_rate / config.learning_rate for each in records[1:]]
    assert shares == pytest.approx([0.25, 0.75, 1.0, 0.5])


@pytest.mark.long
@pytest.mark.parametrize(
    ("scores", "num_epochs"),
    [
        ([0.5, 0.4, 0.3, 0.9], 3),
        ([0.5, 0.5, 0.5, 0.9], 3),
        ([0.5, 0.4, 0.6, 0.4], 4),
        ([0.0, 0.0, 0.0, 0.0], 2),
    ],
    ids=["worse", "equal", "better in time", "never anything"],
)
def test_train__no_better_epoch_for_so_long__stops(
    tiles: TileDataset, tmp_path: Path, scores: list[float], num_epochs: int
) -> None:
    config = CONFIG.but(patience=2)
    _, records = run(tiles, tmp_path / "state.pt", hooks(scores), config)
    assert records[-1].epoch == num_epochs


def test_train__on_epoch__is_told_which_epochs_are_the_best_so_far(
    tiles: TileDataset, tmp_path: Path
) -> None:
    told: list[tuple[int, bool]] = []
    watching = replace(
        hooks([0.2, 0.6, 0.6, 0.7]),
        on_epoch=lambda _, records, best: told.append((records[-1].epoch, best)),
    )
    run(tiles, tmp_path / "state.pt", watching)
    assert told == [(0, True), (1, True), (2, True), (3, False), (4, True)]


def test_train__averaged_model__is_judged_in_evaluation_mode_and_lags_behind(
    tiles: TileDataset, tmp_path: Path
) -> None:
    judged: list[Tensor] = []

    def validate(model: nn.Module, _: int) -> Validation:
        assert not model.training
        judged.append(next(model.parameters()).detach().clone())
        return Validation(0.1, {})

    detector, _ = run(tiles, tmp_path / "state.pt", replace(hooks(), validate=validate))
    torch.manual_seed(0)
    new = CenterNet(CenterNetConfig(widths=(4, 4, 4, 4)), num_classes=1)
    assert torch.equal(judged[0].cpu(), next(new.parameters()))
    distances = [float((each - judged[-1]).abs().sum()) for each in judged]
    assert all(later < earlier for earlier, later in itertools.pairwise(distances))
    assert not torch.equal(judged[-1], next(detector.parameters()))


class BrokenDetector(CenterNet):
    """A detector whose loss is not a finite number."""

    def forward(
        self, tiles: Tensor, annotations: Sequence[Annotations], num_objects: float
    ) -> dict[str, Tensor]:
        losses = super().forward(tiles, annotations, num_objects)
        return {name: loss * float("nan") for name, loss in losses.items()}


def test_train__loss_is_not_finite__raises_and_keeps_the_state_before(
    tiles: TileDataset, tmp_path: Path
) -> None:
    detector = BrokenDetector(CenterNetConfig(widths=(4, 4, 4, 4)), num_classes=1)
    with pytest.raises(TrainingDiverged, match="found a loss of nan in epoch 1; train anew"):
        train(detector, tiles, CONFIG, hooks(), tmp_path / "state.pt", use_cpu=True)
    assert [each.epoch for each in read_records(tmp_path / "state.pt")] == [0]


@pytest.fixture
def state(tiles: TileDataset, tmp_path: Path) -> Path:
    """Return the state of a run of one epoch."""
    path = tmp_path / "state.pt"
    run(tiles, path, hooks(), CONFIG.but(max_epochs=1))
    return path


@pytest.mark.parametrize("damage", ["empty", "cut short", "garbage", "text"])
def test_train__damaged_state__says_so_in_one_line(
    tiles: TileDataset, state: Path, damage: str
) -> None:
    content = state.read_bytes()
    damaged = {
        "empty": b"",
        "cut short": content[: len(content) // 2],
        "garbage": b"no state",
        "text": b"hello",
    }
    state.write_bytes(damaged[damage])
    with pytest.raises(CheckpointError, match="found a damaged file") as caught:
        run(tiles, state, hooks())
    assert str(caught.value).startswith(str(state))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [[1], {"model": {}}], ids=["a list", "parts missing"])
def test_train__file_that_holds_something_else__says_so(
    tiles: TileDataset, state: Path, content: object
) -> None:
    torch.save(content, state)
    with pytest.raises(CheckpointError, match="expected the state of a run"):
        run(tiles, state, hooks())


def test_train__state_of_another_network__says_so_in_one_line(
    tiles: TileDataset, state: Path
) -> None:
    with pytest.raises(CheckpointError, match="same settings") as caught:
        run(tiles, state, hooks(), widths=(8, 4, 4, 4))
    assert "\n" not in str(caught.value)


def test_read_records__damaged_state__says_so(tmp_path: Path) -> None:
    (tmp_path / "state.pt").write_bytes(b"no state")
    with pytest.raises(CheckpointError, match="found a damaged file"):
        read_records(tmp_path / "state.pt")


@pytest.mark.parametrize("content", [[], {}, {"records": 3}, {"records": [{}]}, {"records": [1]}])
def test_read_records__state_of_something_else__says_so(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "state.pt")
    with pytest.raises(CheckpointError, match="found a damaged file"):
        read_records(tmp_path / "state.pt")


def test_read_records__named_pipe__is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "state.pt")
    with pytest.raises(CheckpointError, match="expected a plain file"):
        read_records(tmp_path / "state.pt")


def test_read_records__number_in_the_file_that_is_none__says_so(tmp_path: Path) -> None:
    torch.save({"records": []}, tmp_path / "whole.pt")
    with (
        zipfile.ZipFile(tmp_path / "whole.pt") as whole,
        zipfile.ZipFile(tmp_path / "state.pt", "w") as damaged,
    ):
        for name in whole.namelist():
            is_number = name.endswith(".storage_alignment")
            damaged.writestr(name, b"Na" if is_number else whole.read(name))
    with pytest.raises(CheckpointError, match="found a damaged file"):
        read_records(tmp_path / "state.pt")


def test_train__state_folder__holds_no_partial_files(state: Path) -> None:
    assert [path.name for path in state.parent.glob(".*")] == []


def judged(score: float, error: float) -> Validation:
    return Validation(score, {}, error=error)


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (judged(0.8, 0.2), False),
        (judged(0.801, 0.199), True),
        (judged(0.815, 0.2), False),
        (judged(0.821, 0.2), True),
        (judged(0.84, 0.219), True),
        (judged(0.84, 0.221), False),
        (judged(0.795, 0.15), True),
        (judged(0.7, 0.1), False),
    ],
    ids=[
        "the same",
        "a little of both",
        "a little of one",
        "clearly one",
        "clearly one, at little cost",
        "clearly one, at some cost",
        "counts, at little cost",
        "counts, at as much cost",
    ],
)
def test_is_better__gains_and_losses__are_weighed(later: Validation, expected: bool) -> None:
    assert is_better(later, judged(0.8, 0.2)) == expected


def test_is_better__start_that_finds_nothing__is_beaten_whatever_its_counts() -> None:
    assert is_better(judged(0.5, 0.4), judged(0.01, 0.05))
    assert not is_better(judged(0.01, 0.0), judged(0.01, 0.05))


def test_best_record__nothing_better_than_the_start__is_the_start() -> None:
    records = [
        EpochRecord(epoch, {}, 0.1, 1.0, judged(score, error))
        for epoch, (score, error) in enumerate([(0.8, 0.2), (0.85, 0.3), (0.79, 0.19)])
    ]
    assert best_record(records).epoch == 0


def test_best_record__highest_score_at_the_cost_of_counts__is_passed_over() -> None:
    records = [
        EpochRecord(epoch, {}, 0.1, 1.0, judged(score, error))
        for epoch, (score, error) in enumerate([(0.8, 0.2), (0.82, 0.19), (0.85, 0.3)])
    ]
    assert best_record(records).epoch == 1


def test_best_record__equal_scores__is_the_earliest() -> None:
    records = [record(1, 0.2), record(2, 0.6), record(3, 0.6), record(4, 0.4)]
    assert best_record(records) is records[1]


def test_best_record__later_score_is_higher__is_the_later() -> None:
    records = [record(1, 0.2), record(2, 0.6), record(3, 0.7)]
    assert best_record(records) is records[2]

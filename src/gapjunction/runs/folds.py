"""Divide few animals into folds, for cross-validation: each is judged by what did not see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gapjunction.errors import ConfigError
from gapjunction.samples.torch_dataset import TrainingImage

ENOUGH_ANIMALS = 8  # with boxes, to choose an epoch on those for validation alone
ENOUGH_BOXES = 100  # in the images for validation; the counts of fewer err by luck
USUAL_FOLDS = 3
NO_FOLDS = 1


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Images to train on, and those of other animals to judge by; `number` counts from 1."""

    number: int
    train: tuple[TrainingImage, ...]
    held_out: tuple[TrainingImage, ...]


def choose_num_folds(
    images: Sequence[TrainingImage], val: Sequence[TrainingImage], asked: int | None
) -> int:
    """Return into how many folds the animals of these images are divided; 1 means none.

    Without `asked`, that is three for fewer than eight animals with boxes, or where those of `val`,
    which would judge alone, have fewer than a hundred boxes. It is two where there are no more
    than two animals. One alone cannot be divided. An asset of which no animal is told is one.

    Raises:
        ConfigError: if fewer animals have boxes than folds are asked for.
    """
    num_animals = len(_subjects_with_boxes(images))
    if asked is None:
        num_judged = sum(len(image.boxes) for image in val)
        is_judged_well = num_animals >= ENOUGH_ANIMALS and num_judged >= ENOUGH_BOXES
        return NO_FOLDS if is_judged_well else min(USUAL_FOLDS, num_animals)
    if asked > num_animals:
        raise ConfigError(
            f"folds {asked}",
            expected="no more folds than animals with boxes, beside those for testing",
            found=f"{num_animals} of them (an asset is one, unless its metadata name one)",
            fix="choose fewer folds, or annotate more animals",
            settings=("folds",),
        )
    return asked


def make_folds(images: Sequence[TrainingImage], num_folds: int) -> list[Fold]:
    """Return folds that have their share of each dataset and of the boxes.

    Animals are dealt out one dataset after the other, those with the most boxes first, each to the
    fold with the fewest animals of that dataset and, of these, the fewest boxes.
    """
    boxes: dict[str, int] = {}
    for image in images:
        boxes[image.subject] = boxes.get(image.subject, 0) + len(image.boxes)
    own: list[list[str]] = [[] for _ in range(num_folds)]
    for subject in sorted(boxes, key=lambda name: (_dataset_of(name), -boxes[name], name)):
        dataset = _dataset_of(subject)

        def load(fold: list[str], dataset: str = dataset) -> tuple[int, int]:
            num_alike = sum(_dataset_of(name) == dataset for name in fold)
            return num_alike, sum(boxes[name] for name in fold)

        min(own, key=load).append(subject)
    return [
        Fold(
            number,
            tuple(image for image in images if image.subject not in subjects),
            tuple(image for image in images if image.subject in subjects),
        )
        for number, subjects in enumerate(own, start=1)
    ]


def _dataset_of(subject: str) -> str:
    return subject.partition("/")[0]


def _subjects_with_boxes(images: Sequence[TrainingImage]) -> set[str]:
    return {image.subject for image in images if len(image.boxes)}

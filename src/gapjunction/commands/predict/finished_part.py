"""What is known of a part of a prediction that is finished, so that it is not looked at again."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Self

from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.file_tree import FoundFile
from gapjunction.commands.predict.result import PredictResult
from gapjunction.commands.predict.totals import Total
from gapjunction.config import StrictConfig, build_config
from gapjunction.count_intervals import EstimateSums
from gapjunction.errors import DetectionsFileError, GapJunctionError
from gapjunction.files import write_json
from gapjunction.outside_text import read_json
from gapjunction.prediction.counting_rule import CountingRule

FINISHED_NAME = "finished.json"
# Settings that change no file of a part.
OF_NO_ACCOUNT = {
    *("input", "output", "checkpoint", "recursive", "batch_size", "num_gpus"),
    *("cluster", "time_limit_s"),
}


class FinishedPart(StrictConfig):
    """What was found in a part, all images of which were predicted.

    Attributes:
        made_from: a digest of its images and of all that decides what is written of them.
        totals, plaques: counted objects and plaques of stacks, by class.
        images, stacks: of which these are the totals, by class, and how far they may be off.
        unlike: images whose counts may be far off.
    """

    made_from: str
    num_images: int
    totals: dict[str, int]
    plaques: dict[str, int]
    images: dict[str, EstimateSums]
    stacks: dict[str, EstimateSums]
    slices: dict[str, int]
    unlike: tuple[str, ...]

    @classmethod
    def of(cls, made_from: str, result: PredictResult) -> Self:
        """Return what is to be known of a result later."""
        return cls(
            made_from=made_from,
            num_images=result.num_images,
            totals=result.totals,
            plaques=result.plaques,
            images=_sums(result.estimates.images),
            stacks=_sums(result.estimates.stacks),
            slices=_num_slices(result.estimates.stacks),
            unlike=result.unlike,
        )


def digest_of(
    files: Sequence[FoundFile], config: PredictConfig, rule: CountingRule, model_version: str
) -> str:
    """Return a digest of all that a part is made from."""
    digest = sha256(config.model_dump_json(exclude=OF_NO_ACCOUNT).encode())
    limits = (rule.threshold, rule.lowest_score, rule.plaque_threshold)
    digest.update(repr((model_version, limits)).encode())
    for file in files:
        digest.update(ascii(tuple(file)).encode())
    return digest.hexdigest()


def read_finished(folder: Path, made_from: str) -> FinishedPart | None:
    """Return what is known of a part; None if it is not finished, or made from other things."""
    path = folder / FINISHED_NAME
    if not path.is_file():
        return None
    try:
        part = build_config(FinishedPart, read_json(path, DetectionsFileError), path)
    except GapJunctionError:  # damaged: the part's own files say what is missing
        return None
    return part if part.made_from == made_from else None


def write_finished(folder: Path, part: FinishedPart) -> None:
    """Write what is known of a part beside its files."""
    write_json(folder / FINISHED_NAME, part.model_dump(mode="json"))


def _sums(totals: Sequence[Total]) -> dict[str, EstimateSums]:
    return {
        name: EstimateSums.of([each.estimate for each in own])
        for name, own in _by_class(totals).items()
    }


def _num_slices(stacks: Sequence[Total]) -> dict[str, int]:
    return {name: sum(each.num_images for each in own) for name, own in _by_class(stacks).items()}


def _by_class(totals: Sequence[Total]) -> dict[str, list[Total]]:
    groups: dict[str, list[Total]] = {}
    for each in totals:
        groups.setdefault(each.class_name, []).append(each)
    return groups


def added(
    mine: Mapping[str, EstimateSums], theirs: Mapping[str, EstimateSums]
) -> dict[str, EstimateSums]:
    """Return the sums of both, class by class."""
    names = [*mine, *(name for name in theirs if name not in mine)]
    nothing = EstimateSums()
    return {name: mine.get(name, nothing).plus(theirs.get(name, nothing)) for name in names}

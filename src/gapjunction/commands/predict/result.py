"""What a prediction found, in the words that a terminal shows."""

from dataclasses import dataclass, field
from pathlib import Path

from gapjunction.commands.predict.objects import MeasuredTable
from gapjunction.commands.predict.totals import CountedTotals
from gapjunction.commands.predict.unlike import unlike_sentence
from gapjunction.prediction_folder import (
    COUNTS_NAME,
    DETECTIONS,
    PLAQUES_NAME,
    STACKS_NAME,
    TOTALS_NAME,
)
from gapjunction.text import counted


@dataclass(frozen=True, slots=True)
class PredictResult:
    """What was found.

    Attributes:
        num_images: images in the table of counts.
        num_skipped: those of them that an earlier run had finished.
        num_counted_anew: those of them that an earlier run had seen, and this one counted.
        boxes: where they are, if not in the folder of that name.
        estimates: of each image and stack, and how far these may be off.
        plaques: of the stacks that images are slices of, by class; none where there is no stack.
        places: a line on each table of regions, and of what else plaques lie in.
        objects: the table of measured objects, where one was asked for.
        unlike: images whose counts may be far off, the most unlike first.
        failures: why other images are not in it.
    """

    output: Path
    num_images: int
    num_skipped: int
    num_counted_anew: int
    totals: dict[str, int]
    boxes: str = ""
    estimates: CountedTotals = field(default_factory=lambda: CountedTotals([], []))
    plaques: dict[str, int] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    objects: MeasuredTable | None = None
    unlike: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 if an image could not be predicted, else 0."""
        return 1 if self.failures else 0

    def __str__(self) -> str:
        found = ", ".join(f"{count:,} {name}" for name, count in self.totals.items())
        lines = [
            f"{counted(self.num_images, 'image')}{self._from_before()}: {found}",
            f"Counts in {self.output / COUNTS_NAME}, {TOTALS_NAME}, "
            f"boxes in {self.boxes or self.output / DETECTIONS}",
        ]
        if self.plaques:
            linked = ", ".join(f"{count:,} {name}" for name, count in self.plaques.items())
            lines.append(
                f"Linked through the slices of stacks: {linked} in {self.output / STACKS_NAME}, "
                f"{PLAQUES_NAME}; the counts above are of slices, in which a plaque is counted "
                "again and again"
            )
        lines += self.places
        if self.objects:
            lines.append(str(self.objects))
        if self.unlike:
            lines.append(unlike_sentence(self.unlike))
        if self.failures:
            lines += [f"Not predicted: {len(self.failures)}", *self.failures]
        return "\n".join(lines)

    def _from_before(self) -> str:
        notes = [
            f"{number:,} {what}"
            for number, what in (
                (self.num_skipped, "finished already"),
                (self.num_counted_anew, "counted anew, without predicting again"),
            )
            if number
        ]
        return f" ({', '.join(notes)})" if notes else ""

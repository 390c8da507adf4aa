"""Predict image after image, or count anew what was seen in them before."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from gapjunction.commands.predict.files import (
    PredictionFiles,
    require_usable_name,
    write_prediction,
)
from gapjunction.commands.predict.missed_structure import MissedStructure
from gapjunction.commands.predict.nearly_empty import NearlyEmpty
from gapjunction.commands.predict.read_ahead import is_large, read_ahead, write_behind
from gapjunction.commands.predict.seen_file import SeenInImage, read_seen, write_seen
from gapjunction.commands.predict.shared_range import SharedRange
from gapjunction.commands.predict.tile_watch import TileWatch
from gapjunction.detections import Detections
from gapjunction.errors import ImageError
from gapjunction.images.pictures import ImageArray
from gapjunction.prediction.autofluorescence import Autofluorescence
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.model import Model
from gapjunction.prediction.shown_size import ShownSize
from gapjunction.prediction.spots import count_spots
from gapjunction.prediction.tiled import PredictionSettings
from gapjunction.terminal import progress_bar, tracked

ImageWithFiles = tuple[ListedImage, PredictionFiles]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What is done to every image, and with what."""

    model: Model
    shown_size: ShownSize
    rule: CountingRule
    shared: SharedRange
    missed: MissedStructure
    empty: NearlyEmpty
    autofluorescence: Autofluorescence

    @classmethod
    def of(
        cls, model: Model, shown_size: ShownSize, rule: CountingRule, shared: SharedRange
    ) -> Self:
        """Return a step that has collected nothing yet."""
        missed = MissedStructure(model.config)
        return cls(model, shown_size, rule, shared, missed, NearlyEmpty(), Autofluorescence(rule))

    def settings_for(self, image: ListedImage) -> PredictionSettings:
        """Return how an image is cut up and in what size it is shown."""
        return self.model.settings(self.shown_size.scale_of(image), self.shared.least_span(image))

    def detect(
        self,
        image: ListedImage,
        whole: ImageArray,
        settings: PredictionSettings,
        watch: TileWatch,
    ) -> Detections:
        """Return all that the detector sees in an image, with probabilities for scores."""
        seen = self.model.see(image, whole, settings, watch.on_tiles)
        return self.autofluorescence.left_out(seen, whole, image)

    def write(
        self, image: ListedImage, files: PredictionFiles, found: Detections, whole: ImageArray
    ) -> None:
        """Write the files of an image, first what was seen; note blobs that were passed by."""
        pixels = image.picture.shown(whole)
        scale, least_span = self.shown_size.scale_of(image), self.shared.least_span(image)
        num_spots = count_spots(pixels, scale, least_span)
        height, width = whole.shape[-2:]
        seen = SeenInImage(found, height, width, num_spots)
        write_seen(files.seen, seen, files.image_state)
        write_prediction(image, files, seen, self.rule, pixels if files.has_overlay else None)
        num_counted = len(self.rule.counted(seen.detections))
        self.empty.look_at(image.output_name, pixels, num_counted, least_span)
        self.missed.look_at(
            image.output_name,
            pixels,
            num_counted,
            scale,
            self.shown_size.verdicts.um_of(image),
        )


@dataclass(slots=True)
class CountedAnew:
    """What became of images in an earlier prediction that another rule, or an overlay, is for.

    Attributes:
        num_counted: images whose files were written anew.
        left: images of which nothing is known that could be counted.
        failures: why others could not be read for their overlays, by name.
    """

    num_counted: int = 0
    left: list[ImageWithFiles] = field(default_factory=list)
    failures: dict[str, ImageError] = field(default_factory=dict)


def count_anew(waiting: Sequence[ImageWithFiles], rule: CountingRule) -> CountedAnew:
    """Write the files of images anew, by this rule, from what was seen in them before."""
    outcome = CountedAnew()
    for image, files in tracked(waiting, "Counting", len(waiting)):
        seen = read_seen(files.seen, files.image_state)
        if seen is None:
            outcome.left.append((image, files))
            continue
        try:
            pixels = image.picture.read() if files.has_overlay else None
        except ImageError as error:
            outcome.failures[image.output_name] = error
        else:
            write_prediction(image, files, seen, rule, pixels)
            outcome.num_counted += 1
    return outcome


def predict_all(waiting: Sequence[ImageWithFiles], step: Step) -> dict[str, ImageError]:
    """Predict image after image; return what was wrong with those that could not be, by name.

    The next image is read and the last one's files are written meanwhile, in a thread each.
    """
    failures: dict[str, ImageError] = {}
    chosen = [image.picture for image, _ in waiting]
    with progress_bar() as bar, write_behind() as start, closing(read_ahead(chosen)) as pictures:
        task = bar.add_task("Predicting", total=len(waiting))
        for (image, files), picture in zip(waiting, pictures, strict=True):
            settings = step.settings_for(image)
            watch = TileWatch(bar, task, image.output_name, step.rule, settings.tile_size)
            try:
                require_usable_name(image)
                whole = picture.result()
                seen = step.detect(image, whole, settings, watch)
            except ImageError as error:
                failures[image.output_name] = error
            else:
                watch.warn_if_full()
                write = partial(step.write, image, files, seen, whole)
                if is_large(whole):
                    write()
                else:
                    start(write)
                del whole, write  # or a large image would stay in memory beside the next
            bar.advance(task)
    for collected in (step.autofluorescence, step.empty, step.missed):
        collected.tell()
    return failures

"""Predict image after image, or count anew what was seen in them before."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from gapjunction.commands.predict.files import (
    PredictionFiles,
    require_usable_name,
    write_prediction,
)
from gapjunction.commands.predict.read_ahead import is_large, read_ahead, write_behind
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.commands.predict.stack_scales import SizeOf
from gapjunction.commands.predict.step import LookOf, Step
from gapjunction.commands.predict.tile_watch import TileWatch
from gapjunction.errors import ImageError
from gapjunction.overlays.counted_image import ShownImage
from gapjunction.prediction.counting_rule import CountingRule
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.terminal import progress_bar, tracked

ImageWithFiles = tuple[ListedImage, PredictionFiles]
# Predicts images; returns what was wrong with those that could not be, by name.
PredictAll = Callable[[Sequence[ImageWithFiles], Step, LookOf], dict[str, ImageError]]


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


def count_anew(waiting: Sequence[ImageWithFiles], rule: CountingRule, um_of: SizeOf) -> CountedAnew:
    """Write the files of images anew, by this rule, from what was seen in them before."""
    outcome = CountedAnew()
    for image, files in tracked(waiting, "Counting", len(waiting)):
        seen = read_seen(files.seen, files.image_state)
        if seen is None:
            outcome.left.append((image, files))
            continue
        try:
            shown = _shown(image, um_of) if files.has_overlay else None
        except ImageError as error:
            outcome.failures[image.output_name] = error
        else:
            write_prediction(image, files, seen, rule, shown)
            outcome.num_counted += 1
    return outcome


def _shown(image: ListedImage, um_of: SizeOf) -> ShownImage:
    return ShownImage(image.picture.read(), um_of(image), image.annotations)


def predict_all(
    waiting: Sequence[ImageWithFiles], step: Step, look_of: LookOf
) -> dict[str, ImageError]:
    """Predict image after image; return what was wrong with those that could not be, by name.

    The next image is read and the last one's files are written meanwhile, in a thread each.
    """
    failures: dict[str, ImageError] = {}
    chosen = [image.picture for image, _ in waiting]
    with progress_bar() as bar, write_behind() as start, closing(read_ahead(chosen)) as pictures:
        task = bar.add_task("Predicting", total=len(waiting))
        for (image, files), picture in zip(waiting, pictures, strict=True):
            look = look_of(image)
            settings = step.settings_for(look)
            watch = TileWatch(bar, task, image.output_name, step.rule, settings.tile_size)
            try:
                require_usable_name(image)
                whole = picture.result()
                seen = step.detect(image, whole, settings, watch)
            except ImageError as error:
                failures[image.output_name] = error
            else:
                watch.warn_if_full()
                write = partial(step.write, image, files, look, seen, whole)
                if is_large(whole):
                    write()
                else:
                    start(write)
                del whole, write  # or a large image would stay in memory beside the next
            bar.advance(task)
    return failures

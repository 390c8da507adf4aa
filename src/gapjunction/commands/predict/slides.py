"""Predict images that are too large to be read whole, one after the other."""

import logging
from collections.abc import Sequence

from rich.progress import Progress, TaskID

from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.files import require_usable_name, write_prediction
from gapjunction.commands.predict.kept_blocks import BlockFiles
from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.seen_file import SeenInImage, write_seen
from gapjunction.commands.predict.slide_blocks import part_of
from gapjunction.commands.predict.step import Look, LookOf, Step
from gapjunction.commands.predict.tile_watch import TileWatch
from gapjunction.errors import ConfigError, ImageError
from gapjunction.images.slide import Slide, opened_slide
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction.slide_detection import see_slide
from gapjunction.prediction.slide_spots import count_slide_spots
from gapjunction.prediction.slide_view import SlideView
from gapjunction.terminal import progress_bar

logger = logging.getLogger(__name__)

# What reads an image whole, by the settings that ask for it.
NEED_WHOLE_IMAGES = ("objects", "roi", "tissue_mask", "cells", "second_channel")


def refuse_whole_images(config: PredictConfig, images: Sequence[ListedImage]) -> None:
    """Refuse what needs an image in memory, where one is read region by region; say what else is.

    Raises:
        ConfigError: naming the option.
    """
    slides = [image for image in images if image.is_slide]
    if not slides:
        return
    for name in NEED_WHOLE_IMAGES:
        if getattr(config, name):
            raise ConfigError(
                f"--{name}",
                expected="images that are read whole",
                found=f"{slides[0].output_name}, which is read region by region",
                fix="leave the option out, or cut the image into parts",
            )
    if config.overlays:
        logger.info("no overlays of images that are read region by region")


def predict_slides(
    waiting: Sequence[ImageWithFiles], step: Step, look_of: LookOf
) -> dict[str, ImageError]:
    """Predict slide after slide; return what was wrong with those that could not be, by name."""
    failures: dict[str, ImageError] = {}
    if not waiting:
        return failures
    if any(image.stain is not None for image, _ in waiting):
        logger.info(
            "nothing is left out as autofluorescence in color images that are read region by region"
        )
    with progress_bar() as bar:
        task = bar.add_task("Predicting slides", total=len(waiting))
        for image, files in waiting:
            try:
                require_usable_name(image)
                with opened_slide(image.origin.path, image.choice) as slide:
                    _predict((image, files), slide, step, look_of(image), bar, task)
            except ImageError as error:
                failures[image.output_name] = error
            bar.advance(task)
    return failures


def _predict(
    pair: ImageWithFiles, slide: Slide, step: Step, look: Look, bar: Progress, task: TaskID
) -> None:
    image, files = pair
    own = part_of(step.model, image, slide, look)
    view = own.view
    watch = TileWatch(bar, task, image.output_name, step.rule, view.settings.tile_size)
    kept = BlockFiles.of(files, own)
    found = see_slide(step.model, slide, own, watch.on_tiles, kept)
    watch.warn_if_full()
    seen = SeenInImage(
        found, slide.full.height, slide.full.width, count_slide_spots(view, image.region)
    )
    write_seen(files.seen, seen, files.image_state)
    kept.remove()
    _write(pair, slide, step, look, view, seen)


def _write(
    pair: ImageWithFiles,
    slide: Slide,
    step: Step,
    look: Look,
    view: SlideView,
    seen: SeenInImage,
) -> None:
    """Write the other files of a slide; note blobs that were passed by."""
    image, files = pair
    write_prediction(image, files, seen, step.rule, None)
    num_counted = len(step.rule.counted(seen.detections))
    step.empty.look_at(image.output_name, view.sample, num_counted, view.settings.least_span)
    if view.level is slide.full:  # sizes are told in its pixels
        step.missed.look_at(image.output_name, view.sample, num_counted, view.scale, look.um_per_px)

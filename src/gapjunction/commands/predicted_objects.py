"""The objects of an earlier prediction, with the images that they were found in."""

import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gapjunction.commands.asked_planes import plane_choice
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.commands.predict.files import PredictionFiles
from gapjunction.commands.predict.image_selection import ImageSelection
from gapjunction.commands.predict.images import list_images
from gapjunction.commands.predict.manifest import earlier_views
from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.errors import BenchmarkError, ImageError
from gapjunction.images.region import Region
from gapjunction.images.slice_names import slice_number
from gapjunction.prediction.channel_decisions import ImageGroup, taken_earlier
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.prediction_folder import MANIFEST_NAME, Manifest, read_manifest_file

logger = logging.getLogger(__name__)

FIX = "predict again"


def predicted_objects(
    folder: Path, um_per_px: float | None, slice_names: re.Pattern[str]
) -> tuple[list[ImageObjects], tuple[str, ...]]:
    """Return what a prediction counted in each image, and the names of its classes.

    Images are looked at in the channel that they were predicted on; one that could not be read,
    then and now, is left out, which is logged. `um_per_px` is the side of
    their pixels, if the user states it; `slice_names` is how their names tell slices.

    Raises:
        BenchmarkError: if the manifest does not tell how the prediction was made.
        ImageError: if an image is another by now, or gone.
    """
    path = folder / MANIFEST_NAME
    manifest = read_manifest_file(path)
    config = _config_of(manifest, path)
    stated = config.pixel_size_um if um_per_px is None else um_per_px
    selection = ImageSelection(
        config.split,
        config.annotated_only,
        plane_choice(config),
        stated,
        may_find_channel=True,
    )
    region = None if config.region is None else Region.parse(config.region)
    verdicts = earlier_views(manifest).verdicts
    images = []
    for listed in list_images(config.input, selection, config.checkpoint or Path()):
        image = replace(_as_taken(listed, manifest), region=region)
        files = PredictionFiles.of(image, folder, has_overlay=False, has_csv=False)
        seen = read_seen(files.seen, files.image_state)
        if seen is None and not files.seen.exists() and _is_unreadable(image):
            continue
        if seen is None:
            raise ImageError(
                image.origin.path,
                expected="the image that was predicted on",
                found=f"another one, or none of its files in {folder}",
                fix=FIX,
            )
        counted = seen.detections.scored_at_least(manifest.threshold or 0.0)
        number = slice_number(image.origin.path.stem, slice_names)
        size_px = seen.height, seen.width
        images.append(ImageObjects(image, counted, size_px, verdicts.um_of(image), number))
    return images, manifest.class_names or ()


def _is_unreadable(image: ListedImage) -> bool:
    """Tell whether an image that was not predicted cannot be read, and say so."""
    try:
        image.picture.read()
    except ImageError as error:
        logger.warning("left out, as it was not predicted: %s", error)
        return True
    return False


def _config_of(manifest: Manifest, path: Path) -> PredictConfig:
    """Return the settings of a prediction, as far as they say what its images are."""
    if manifest.settings is None or manifest.input is None or manifest.class_names is None:
        raise _unusable(path, "another program's, or one of another version")
    known: dict[str, Any] = {
        name: value
        for name, value in manifest.settings.items()
        if name in PredictConfig.model_fields
    }
    try:
        return PredictConfig(
            **known | {"input": Path(manifest.input), "checkpoint": Path(manifest.model)}
        )
    except ValidationError as error:
        raise _unusable(path, f"settings that are none ({error.errors()[0]['msg']})") from None


def _unusable(path: Path, found: str) -> BenchmarkError:
    return BenchmarkError(
        path,
        expected="the manifest of a folder that gapjunction predict wrote",
        found=found,
        fix=FIX,
    )


def _as_taken(image: ListedImage, manifest: Manifest) -> ListedImage:
    """Return an image in the channel that was taken of it."""
    if not image.open_channels:
        return image
    taken = taken_earlier(ImageGroup.of(image), manifest.found_channels or {})
    if taken is None or taken.channel is None:
        return image
    return replace(image.in_channel(taken.channel, None), open_channels=())

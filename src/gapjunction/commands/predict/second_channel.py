"""Tells how plaques go together with a second channel, where one is named."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gapjunction.commands.predict.alignment import SecondChannel
from gapjunction.commands.predict.objects import ImageObjects
from gapjunction.csv_tables import csv_written_whole
from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import chosen_facts, read_chosen
from gapjunction.measurement.colocalization_table import (
    COLOCALIZATION_COLUMNS,
    colocalization_rows,
    require_other_plane,
)
from gapjunction.measurement.region_files import ALL
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.measurement.regions import whole_image
from gapjunction.prediction.listed_image import ListedImage
from gapjunction.terminal import tracked
from gapjunction.text import counted

SETTING = "second_channel"
COLOCALIZATION_NAME = "colocalization.csv"


def require_second_channel(image: ListedImage, channel: str) -> None:
    """Refuse an image that has no such channel beside another, as far as its header tells.

    Raises:
        ImageError: naming the channels that there are.
    """
    path, choice = image.origin.path, image.choice
    everything = chosen_facts(path, replace(choice, channels=()), may_find_channel=True)
    if not everything.open_channels:
        raise ImageError(
            path,
            expected="an image of several channels, of which one is the second",
            found="one of a single channel",
            fix="leave the second channel out, or give files with all channels",
            settings=(SETTING,),
        )
    try:
        chosen_facts(path, replace(choice, channels=(channel,)))
    except ImageError as error:
        raise ImageError(
            error.where,
            item=error.item,
            expected=error.expected,
            found=error.found,
            fix=error.fix,
            settings=(SETTING,),
        ) from None


def write_second_channel(
    output: Path,
    images: Sequence[ImageObjects],
    class_names: tuple[str, ...],
    plan: RegionPlan,
    asked: SecondChannel,
) -> str:
    """Write the table of the second channel, if one is named; return a line on it, else "".

    Raises:
        ImageError: if the channel is the one that plaques were found in, or cannot be read.
        GapJunctionError: if regions do not fit their image.
    """
    channel = asked.name
    if channel is None:
        return ""
    table = output / COLOCALIZATION_NAME
    with csv_written_whole(table) as write:
        write([COLOCALIZATION_COLUMNS])
        for each in tracked(images, "Second channel", len(images)):
            image = each.image
            first = image.picture.read().max(axis=0)
            regions = [whole_image(ALL, *each.size_px)]
            if not plan.is_empty:
                regions = plan.regions_of(image.output_name, each.size_px, image.picture.read)
            path, choice = image.origin.path, replace(image.choice, channels=(channel,))
            second = read_chosen(path, choice).max(axis=0)
            require_other_plane(first, second, path, channel)
            shift = asked.shift_of(image)
            aligned = second if shift is None else shift.undone(second)
            counted_image = each.counted(class_names)
            write(colocalization_rows(counted_image, regions, first, aligned, channel))
    return f"Second channel {channel} of {counted(len(images), 'image')} in {table}"

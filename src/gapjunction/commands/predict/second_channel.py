"""Tells how plaques go together with a second channel, where one is named."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from gapjunction.commands.predict.alignment import SecondChannel
from gapjunction.commands.predict.loop import ImageWithFiles
from gapjunction.commands.predict.regions import counted_image
from gapjunction.commands.predict.seen_file import read_seen
from gapjunction.commands.predict.stack_tables import SizeOf
from gapjunction.csv_tables import write_csv
from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import chosen_facts, read_chosen
from gapjunction.images.pictures import ImageArray
from gapjunction.measurement.colocalization_table import (
    COLOCALIZATION_COLUMNS,
    colocalization_rows,
)
from gapjunction.measurement.region_counts import Row
from gapjunction.measurement.region_files import ALL
from gapjunction.measurement.region_plan import RegionPlan
from gapjunction.measurement.regions import whole_image
from gapjunction.prediction.counting_rule import CountingRule
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
    done: Sequence[ImageWithFiles],
    rule: CountingRule,
    plan: RegionPlan,
    asked: SecondChannel,
    um_of: SizeOf,
) -> str:
    """Write the table of the second channel; return a line on it, "" where none is named.

    Raises:
        ImageError: if the channel is the one that plaques were found in, or cannot be read.
        GapJunctionError: if regions do not fit their image.
    """
    path = output / COLOCALIZATION_NAME
    path.unlink(missing_ok=True)
    channel = asked.name
    if channel is None:
        return ""
    rows: list[Row] = []
    for image, files in tracked(done, "Second channel", len(done)):
        seen = read_seen(files.seen, files.image_state)
        if seen is None:
            continue
        size_px = (seen.height, seen.width)
        first = image.picture.read()
        regions = [whole_image(ALL, *size_px)]
        if not plan.is_empty:
            regions = plan.regions_of(image.output_name, size_px, image.picture.read)
        own = counted_image(image, seen, rule, um_of(image))
        second = _second(image, first, channel).max(axis=0)
        shift = asked.shift_of(image)
        aligned = second if shift is None else shift.undone(second)
        rows += colocalization_rows(own, regions, first.max(axis=0), aligned, channel)
    write_csv(path, [COLOCALIZATION_COLUMNS, *rows])
    return f"Second channel {channel} of {counted(len(done), 'image')} in {path}"


def _second(image: ListedImage, first: ImageArray, channel: str) -> ImageArray:
    path = image.origin.path
    second = read_chosen(path, replace(image.choice, channels=(channel,)))
    if np.array_equal(first.max(axis=0), second.max(axis=0)):
        raise ImageError(
            path,
            expected="a second channel other than the one that plaques are found in",
            found=f"{channel}, which is the same",
            fix="name another one",
            settings=(SETTING,),
        )
    return second

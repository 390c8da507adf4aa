"""The part of a report that corrects what a detector counted by images that a person annotated."""

import pandas as pd

from gapjunction.benchmark.drawn_images import PLAQUES_TO_ANNOTATE
from gapjunction.benchmark.pairing import listed
from gapjunction.benchmark.rectified_groups import (
    FoundShare,
    RectifiedComparison,
    RectifiedStudy,
)
from gapjunction.metrics.group_effects import Estimate
from gapjunction.report.group_sentences import interval_in_words, with_interval
from gapjunction.report.group_tables import MEASURE_TITLES, factor_title
from gapjunction.report.html_page import Paragraph, Points, Section, Table
from gapjunction.report.tables import NO_VALUE
from gapjunction.text import counted

TO_ANNOTATE_NAME = "to_annotate.csv"


def rectified_section(study: RectifiedStudy) -> Section:
    """Return the corrected ratios beside those of the counts, and what they rest upon."""
    rows = [
        [
            f"{each.second} / {each.first}",
            MEASURE_TITLES[each.measure],
            with_interval(each.ratio),
            *(
                f"{with_interval(found.share)}; {found.num_images} of {found.num_assets}"
                for found in (each.found_second, each.found_first)
            ),
            with_interval(each.rectified),
        ]
        for each in study.comparisons
    ]
    header = [
        "groups",
        "measure",
        "ratio of what is found",
        "found / annotated, first named; images of assets",
        "the same, second named",
        "ratio of what is there",
    ]
    table = Table("Ratios with 95 % intervals", header, rows, first_number=2)
    return Section(
        "Corrected by annotated images",
        [
            Paragraph(
                "Where a detector misses more in one group than in another, the ratio of what it "
                "finds is not the ratio of what is there. Here the mean of each group is divided "
                "by the share that is found in the images of it that are annotated; the interval "
                "carries how uncertain that share is. Boxes are compared, of stacks as well."
            ),
            table,
            Points(rectified_cautions(study)),
        ],
    )


def rectified_sentences(study: RectifiedStudy) -> list[str]:
    """Return what every corrected comparison says."""
    return [_sentence(each) for each in study.comparisons]


def rectified_cautions(study: RectifiedStudy) -> list[str]:
    """Return what the correction rests upon, and what to annotate."""
    cautions = [
        "The correction holds for images that were drawn at random: in those that a person would "
        "pick a detector finds more, or less."
    ]
    if study.not_as_drawn:
        names = listed([str(each) for each in study.not_as_drawn])
        cautions.append(
            f"Not the first ones drawn are annotated of {names}. If somebody chose them, do not "
            "trust the correction; if they were drawn in another way, it is as good."
        )
    if study.seen:
        names = listed([str(each) for each in study.seen])
        cautions.append(
            f"Annotations of {names} are not used: the model was trained or validated on these "
            "assets, and finds more in them than in others."
        )
    if study.to_annotate:
        cautions.append(
            f"{counted(len(study.to_annotate), 'image')} to annotate, without looking at what was "
            f"found: {TO_ANNOTATE_NAME}. With about {PLAQUES_TO_ANNOTATE} plaques in the annotated "
            "images of each asset, further ones hardly narrow the interval; assets without any "
            "widen it."
        )
    return cautions


def rectified_table(study: RectifiedStudy) -> pd.DataFrame:
    """Return one row for each corrected comparison."""
    rows = [
        {
            "factor": each.factor,
            "measure": each.measure,
            "first": each.first,
            "second": each.second,
            **_columns("ratio", each.ratio),
            **_columns("rectified_ratio", each.rectified),
            **_columns("found_first", each.found_first.share),
            **_columns("found_second", each.found_second.share),
            "num_images_first": each.found_first.num_images,
            "num_images_second": each.found_second.num_images,
            "num_assets_first": each.found_first.num_assets,
            "num_assets_second": each.found_second.num_assets,
        }
        for each in study.comparisons
    ]
    columns = None if rows else ["factor", "measure", "first", "second", "rectified_ratio"]
    return pd.DataFrame(rows, columns=columns)


def to_annotate_table(study: RectifiedStudy) -> pd.DataFrame:
    """Return one row for each image to annotate."""
    rows = [(each.dataset, each.asset, each.name, each.path.name) for each in study.to_annotate]
    return pd.DataFrame(rows, columns=["dataset", "asset", "image", "file"])


def _sentence(each: RectifiedComparison) -> str:
    title = f"{factor_title(each.factor)}, {MEASURE_TITLES[each.measure]}"
    shares = " and ".join(
        f"{group} {_found(found)}"
        for group, found in ((each.first, each.found_first), (each.second, each.found_second))
    )
    if each.rectified is None:
        return (
            f"{title}: not corrected, as two assets of each group need annotated images in which "
            f"something is found; found / annotated is {shares}."
        )
    before = NO_VALUE if each.ratio is None else f"{each.ratio.value:.2f}"
    return (
        f"{title}: corrected by annotated images, {each.second} has {each.rectified.value:.2f} "
        f"times the value of {each.first} ({interval_in_words(each.rectified, '.2f')}) instead of "
        f"{before}; found / annotated is {shares}."
    )


def _found(found: FoundShare) -> str:
    images = f"{counted(found.num_images, 'image')} of {counted(found.num_assets, 'asset')}"
    if found.share is None:
        return f"unknown ({images})"
    return f"{found.share.value:.2f} ({interval_in_words(found.share, '.2f')}; {images})"


def _columns(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    interval = None if estimate is None else estimate.interval
    return {
        name: None if estimate is None else estimate.value,
        f"{name}_low": None if interval is None else interval.low,
        f"{name}_high": None if interval is None else interval.high,
    }

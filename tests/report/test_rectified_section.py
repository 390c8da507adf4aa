"""Tests for `gapjunction.report.rectified_section`."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from detection_cases import boxes_with_scores
from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.measured_images import MeasuredImage
from gapjunction.benchmark.rectified_groups import (
    FoundShare,
    RectifiedComparison,
    RectifiedStudy,
)
from gapjunction.dataset.records import AssetMetadata
from gapjunction.metrics.group_effects import Estimate
from gapjunction.metrics.interval import Interval
from gapjunction.report.html_page import Points, Table
from gapjunction.report.rectified_section import (
    rectified_cautions,
    rectified_section,
    rectified_sentences,
    rectified_table,
    to_annotate_table,
)

COMPARISON = RectifiedComparison(
    "diagnosis",
    "plaques_per_image",
    "healthy",
    "epilepsy",
    ratio=Estimate(1.25, Interval(0.9, 1.75)),
    rectified=Estimate(1.6, Interval(1.1, 2.4)),
    found_first=FoundShare(2, 2, Estimate(0.9, Interval(0.85, 0.95))),
    found_second=FoundShare(3, 4, Estimate(0.7, None)),
)
NOT_CORRECTED = replace(COMPARISON, rectified=None, found_second=FoundShare(0, 0, None))
NOTHING = boxes_with_scores()
TO_ANNOTATE = MeasuredImage(
    "rats_a_1", "rats", "a", AssetMetadata(), Path("1.png"), 9, 9, None, NOTHING, NOTHING, None
)


def study(*comparisons: RectifiedComparison) -> RectifiedStudy:
    return RectifiedStudy(comparisons, (TO_ANNOTATE,), (), ())


def test_rectified_section__comparison__shows_both_ratios_and_what_is_found() -> None:
    _, table, points = rectified_section(study(COMPARISON)).parts
    assert isinstance(table, Table)
    assert table.rows == [
        [
            "epilepsy / healthy",
            "plaques per image",
            "1.25 (0.90 to 1.75)",
            "0.70 (no interval); 4 of 3",
            "0.90 (0.85 to 0.95); 2 of 2",
            "1.60 (1.10 to 2.40)",
        ]
    ]
    assert isinstance(points, Points)
    assert points.texts == rectified_cautions(study(COMPARISON))


def test_rectified_sentences__corrected__says_from_what_to_what() -> None:
    [sentence] = rectified_sentences(study(COMPARISON))
    assert (
        "1.60 times the value of healthy (95 % interval 1.10 to 2.40) instead of 1.25" in sentence
    )
    assert "epilepsy 0.70 (no interval; 4 images of 3 assets)" in sentence


def test_rectified_sentences__too_little_annotated__says_what_is_needed() -> None:
    [sentence] = rectified_sentences(study(NOT_CORRECTED))
    assert "not corrected, as two assets of each group need annotated images" in sentence
    assert "epilepsy unknown (0 images of 0 assets)" in sentence


def test_rectified_cautions__all_as_it_should_be__says_that_images_are_drawn() -> None:
    done = replace(study(COMPARISON), to_annotate=())
    [caution] = rectified_cautions(done)
    assert "holds for images that were drawn at random" in caution


def test_rectified_cautions__picked_seen_and_missing__are_named() -> None:
    picked, seen = AssetName("rats", "picked"), AssetName("rats", "seen")
    _, *cautions = rectified_cautions(
        replace(study(COMPARISON), not_as_drawn=(picked,), seen=(seen,))
    )
    of_picked, of_seen, of_missing = cautions
    assert of_picked.startswith("Not the first ones drawn are annotated of rats/picked.")
    assert of_seen.startswith("Annotations of rats/seen are not used")
    assert of_missing.startswith("1 image to annotate")


def test_rectified_table__not_corrected__is_empty_there() -> None:
    corrected, not_corrected = rectified_table(study(COMPARISON, NOT_CORRECTED)).to_dict("records")
    assert (corrected["rectified_ratio"], corrected["rectified_ratio_low"]) == (1.6, 1.1)
    assert (corrected["found_second"], corrected["num_assets_second"]) == (0.7, 3)
    assert pd.isna(not_corrected["rectified_ratio"])


def test_rectified_table__nothing_compared__has_a_header() -> None:
    assert "rectified_ratio" in rectified_table(study())


def test_to_annotate_table__images__are_named_with_their_files() -> None:
    [row] = to_annotate_table(study()).to_dict("records")
    assert row == {"dataset": "rats", "asset": "a", "image": "rats_a_1", "file": "1.png"}

"""Tests for `gapjunction.report.agreement_section`."""

import pytest

from detection_study import groups_of, paired_images, study
from gapjunction.report.agreement_section import agreement_section
from gapjunction.report.html_page import Lines, PagePicture

pytestmark = pytest.mark.usefixtures("figures_of_one_pixel")


def test_agreement_section__study__has_metrics_and_figures() -> None:
    section = agreement_section(study(paired_images(), groups_of(0, 0, 1, 1, 2, 2)))
    [lines] = [part for part in section.parts if isinstance(part, Lines)]
    assert "F1, IoU 0.5" in lines.text
    pictures = [part for part in section.parts if isinstance(part, PagePicture)]
    assert [each.content[:4] for each in pictures] == [b"\x89PNG"] * 4

"""Tests that a report opens from the disk in a browser and prints, with nothing left out."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.commands.report.command import run
from gapjunction.commands.report.config import ReportConfig
from group_cases import build_study_data, write_predictions
from headless_browser import page_text, print_pdf, require_chromium, screenshot

TITLES = (
    "Summary",
    "Groups",
    "Comparisons",
    "Agreement with annotations",
    "Images with the most errors",
    "Random images",
    "How every number was made",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of predictions that miss one box of each image."""
    require_chromium()
    folder = tmp_path_factory.mktemp("report")
    data = build_study_data(folder / "rats", num_assets=12)
    predictions = write_predictions(data, folder / "found")
    for path in sorted((predictions / "detections").iterdir()):
        path.write_text(re.sub(r"\"score\": 0.9", '"score": 0.2', path.read_text(), count=1))
    config = ReportConfig(data=data, output=folder / "out", predictions=predictions)
    return run(config).page


@pytest.mark.slow
def test_report__opened_from_disk__shows_every_section_and_ten_images_of_each_kind(
    page: Path, tmp_path: Path
) -> None:
    text = page_text(page.as_uri(), tmp_path / "profile")
    for title in TITLES:
        assert text.count(title) >= 2  # in the contents, and above the section
    assert "epilepsy has" in text
    assert len(re.findall(r"of them right at IoU 0\.5", text)) == 10
    assert len(re.findall(r"\(rats, asset_\d+\): \d counted", text)) == 10


@pytest.mark.slow
def test_report__screenshot__has_no_picture_missing(page: Path, tmp_path: Path) -> None:
    """The images of this data set are mostly dark, and nothing else on the page is."""
    screenshot(page.as_uri(), tmp_path / "profile", tmp_path / "page.png", size="1200,12000")
    with Image.open(tmp_path / "page.png") as picture:
        pixels = np.asarray(picture.convert("L"))
    assert (pixels < 128).mean() > 0.1
    assert (pixels[:400] == 255).mean() > 0.8


@pytest.mark.slow
def test_report__printed__is_a_document_of_some_pages(page: Path, tmp_path: Path) -> None:
    print_pdf(page.as_uri(), tmp_path / "profile", tmp_path / "report.pdf")
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert 5 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 25

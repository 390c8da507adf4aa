"""The macro of docs/imagej_qupath.md, run in ImageJ where it is installed."""

import csv
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import roifile
import tifffile

from builders import build_dataset
from gapjunction.dataset.formats.imagej import write_imagej
from gapjunction.dataset.reader import read_dataset
from gapjunction.simulation.simulated_dataset import plan_fields, simulate_planned

DOC = Path(__file__).parents[1] / "docs" / "imagej_qupath.md"
JAR = Path("/usr/share/java/ij.jar")  # of the Debian package imagej
HAS_IMAGEJ = JAR.is_file() and shutil.which("java") and shutil.which("xvfb-run")
needs_imagej = pytest.mark.skipif(
    not HAS_IMAGEJ, reason="ImageJ (the Debian package imagej) or xvfb is not installed"
)


def run_macro(macro: str, folder: Path) -> str:
    """Run a macro in ImageJ on a screen that is not there; return what it printed."""
    path = folder / "macro.ijm"
    path.write_text(macro, encoding="utf-8")
    java = ["java", f"-Djava.io.tmpdir={folder}", "-cp", str(JAR), "ij.ImageJ", "-batch", str(path)]
    command = [shutil.which("xvfb-run") or "", "-a", *java]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout


@pytest.mark.slow
@needs_imagej
@pytest.mark.skipif(not shutil.which("gapjunction"), reason="the command is not on the path")
def test_macro__simulated_image__lists_what_predict_finds(tmp_path: Path) -> None:
    [plan] = plan_fields("rat", 1, 1)
    image = tmp_path / "field.tif"
    tifffile.imwrite(image, simulate_planned(plan, 0, 256).pixels)
    found = re.search(r"```ijm\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    opened = f'open("{image.as_posix()}");\n'
    printed = run_macro(opened + found[1], tmp_path)
    out = tmp_path / "gapjunction_field"
    with (out / "csv" / "field.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    rois = roifile.roiread(out / "RoiSet.zip")
    assert isinstance(rois, list)
    assert len(rois) == len(rows) > 0
    assert f"{len(rows)} found" in printed
    for roi, row in zip(rois, rows, strict=True):
        expected = [float(row[f"bbox_{side}"]) for side in ("x", "y", "width", "height")]
        assert [roi.xd, roi.yd, roi.widthd, roi.heightd] == pytest.approx(expected, abs=0.01)


@pytest.mark.slow
@needs_imagej
def test_write_imagej__pixel_size__is_what_imagej_reads(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "rat", num_assets=1, images_per_asset=1)
    write_imagej(read_dataset(root), tmp_path / "out")
    [image] = (tmp_path / "out").rglob("*.tif")
    printed = run_macro(
        f'open("{image.as_posix()}");\ngetPixelSize(unit, width, height);\n'
        'print(d2s(width, 4) + " " + d2s(height, 4) + " " + bitDepth());\n'
        'print("is um: " + (unit == getInfo("micrometer.abbreviation") || unit == "microns" '
        '|| unit == fromCharCode(181) + "m"));\n',
        tmp_path,
    )
    assert printed.split()[:3] == ["0.1030", "0.1030", "24"]
    assert "is um: 1" in printed

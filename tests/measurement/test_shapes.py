"""Tests for `gapjunction.measurement.shapes`: closed forms, ImageJ's and CellProfiler's words."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from skimage.measure import regionprops_table

from gapjunction.measurement.shapes import shape_of

IMAGEJ_JAR = Path(os.environ.get("IMAGEJ_JAR", "/usr/share/java/ij.jar"))  # of Debian
PROGRAM = """
import ij.IJ;
import ij.ImagePlus;
import ij.measure.Measurements;
import ij.measure.ResultsTable;
import ij.plugin.filter.ParticleAnalyzer;

public class Measure {
    public static void main(String[] paths) {
        ImagePlus image = IJ.openImage(paths[0]);
        image.getProcessor().setThreshold(1, 255, 2);
        int asked = Measurements.AREA | Measurements.CENTROID | Measurements.PERIMETER
            | Measurements.ELLIPSE | Measurements.SHAPE_DESCRIPTORS | Measurements.FERET;
        ResultsTable table = new ResultsTable();
        new ParticleAnalyzer(0, asked, table, 0, Double.POSITIVE_INFINITY).analyze(image);
        for (String name : table.getHeadings()) {
            System.out.println(name + "," + table.getValue(name, 0));
        }
    }
}
"""


def disk(diameter: float, side: int = 60) -> NDArray[np.bool_]:
    y, x = np.mgrid[:side, :side] + 0.5 - side / 2
    inside: NDArray[np.bool_] = x**2 + y**2 <= (diameter / 2) ** 2
    return inside


def rod(degrees: float, side: int = 80) -> NDArray[np.bool_]:
    """Return an ellipse of 50 x 12 px; degrees are counterclockwise as seen on a screen."""
    y, x = np.mgrid[:side, :side] + 0.5 - side / 2
    turn = np.deg2rad(degrees)
    along, across = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    inside: NDArray[np.bool_] = (along / 25) ** 2 + (across / 6) ** 2 <= 1
    return inside


def test_shape_of__disk__is_what_the_formulas_say() -> None:
    shape = shape_of(disk(50))
    assert shape.center == pytest.approx((30, 30))
    assert shape.area == pytest.approx(np.pi * 25**2, rel=0.01)
    assert shape.perimeter == pytest.approx(np.pi * 50, rel=0.05)
    assert (shape.major, shape.minor) == pytest.approx((50, 50), rel=0.01)
    assert shape.feret - 1 == pytest.approx(50, abs=0.7)
    assert shape.circularity == pytest.approx(1, abs=0.1)
    assert shape.solidity == pytest.approx(1, abs=0.03)


def test_shape_of__finer_grid__is_in_pixels() -> None:
    coarse, fine = shape_of(disk(50)), shape_of(disk(50), 5)
    assert fine.area == coarse.area / 25
    assert (fine.major, fine.feret, fine.perimeter) == pytest.approx(
        (coarse.major / 5, coarse.feret / 5, coarse.perimeter / 5)
    )
    assert fine.center == pytest.approx((6, 6))


@pytest.mark.parametrize("degrees", [-60, -30, 0, 30, 90])
def test_shape_of__rod__points_where_it_points(degrees: float) -> None:
    shape = shape_of(rod(degrees))
    assert shape.orientation == pytest.approx(degrees, abs=0.5)
    assert (shape.major, shape.minor) == pytest.approx((50, 12), rel=0.02)


def test_shape_of__one_pixel__has_numbers() -> None:
    shape = shape_of(np.ones((1, 1), np.bool_))
    assert (shape.area, shape.circularity, shape.solidity) == (1, 1, 1)


def test_shape_of__any_mask__is_as_cellprofiler_defines_it() -> None:
    mask = rod(25)
    names = ("area", "perimeter", "axis_major_length", "axis_minor_length", "solidity")
    table = regionprops_table(mask.astype(np.uint8), properties=names)
    shape = shape_of(mask)
    ours = (shape.area, shape.perimeter, shape.major, shape.minor, shape.solidity)
    assert ours == pytest.approx([table[name][0] for name in names])
    form_factor = 4 * np.pi * table["area"][0] / table["perimeter"][0] ** 2
    assert shape.circularity == pytest.approx(form_factor)


def imagej_row(mask: NDArray[np.bool_], folder: Path) -> dict[str, float]:
    """Return what ImageJ's Analyze Particles says of a mask."""
    image, program = folder / "mask.tif", folder / "Measure.java"
    tifffile.imwrite(image, mask.astype(np.uint8) * 255)
    program.write_text(PROGRAM)
    command = ["java", "-Djava.awt.headless=true", "-cp", str(IMAGEJ_JAR), str(program)]
    done = subprocess.run(
        [*command, str(image)], check=True, capture_output=True, text=True, timeout=300
    )
    cells = (line.split(",") for line in done.stdout.splitlines())
    return {name: float(value) for name, value in cells}


@pytest.mark.slow
@pytest.mark.skipif(
    not (shutil.which("javac") and IMAGEJ_JAR.is_file()),
    reason="no ImageJ and JDK: apt-get install imagej default-jdk, or IMAGEJ_JAR=/path/to/ij.jar",
)
@pytest.mark.parametrize("degrees", [0, 25, 60])
def test_shape_of__any_mask__is_as_imagej_measures_it(degrees: float, tmp_path: Path) -> None:
    mask = rod(degrees)
    shape, theirs = shape_of(mask), imagej_row(mask, tmp_path)
    assert shape.area == theirs["Area"]
    assert shape.center == pytest.approx((theirs["X"], theirs["Y"]), abs=1e-3)
    assert (shape.major, shape.minor) == pytest.approx((theirs["Major"], theirs["Minor"]), rel=0.01)
    assert shape.orientation % 180 == pytest.approx(theirs["Angle"] % 180, abs=0.5)
    assert shape.feret == pytest.approx(theirs["Feret"], abs=1)
    assert shape.perimeter == pytest.approx(theirs["Perim."], rel=0.05)
    assert shape.circularity == pytest.approx(theirs["Circ."], rel=0.1)
    assert shape.solidity == pytest.approx(theirs["Solidity"], abs=0.04)

"""Write and read an asset's true plaques in three dimensions, which only simulated stacks have.

`Assets/<asset>/true_plaques.csv` has a row for each box of each plaque:
`plaque,class,slice,x0,y0,x1,y1,x_um,y_um,z_um`. `plaque` counts from 0, `class` is a class name,
`slice` the number in the name of the slice's image; the box is xyxy, pixels. The center of the
plaque is the same in all its rows; x and y count from the image's top left corner, and slice n lies
at n times the z step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gapjunction.boxes import BoxArray
from gapjunction.errors import DatasetError
from gapjunction.plaque_table import PlaqueTable, TabledPlaque

TRUE_PLAQUES_NAME = "true_plaques.csv"
UM_DECIMALS = 3
TABLE = PlaqueTable(
    stack_columns=(),
    value_columns=("x_um", "y_um", "z_um"),
    error=DatasetError,
    fix="simulate the stack again, or remove the file: only simulated stacks have it",
)

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class TruePlaque:
    """One plaque of a stack as it is.

    Attributes:
        class_name: its class.
        numbers: of the slices that it has a box in (S,), rising.
        boxes: in these slices (S, 4), xyxy pixels.
        center_um: x, y, z.
    """

    class_name: str
    numbers: NDArray[np.int64]
    boxes: BoxArray
    center_um: Point


def write_true_plaques(path: Path, plaques: Sequence[TruePlaque]) -> None:
    """Write the file, whole or not at all; the place of a plaque in the sequence is its number."""
    TABLE.write(path, (_tabled(number, each) for number, each in enumerate(plaques)))


def read_true_plaques(path: Path) -> list[TruePlaque]:
    """Read the file; plaques are in the order of their numbers.

    Raises:
        DatasetError: if it cannot be read, naming the line.
    """
    return [_true(each) for each in TABLE.read(path)]


def _tabled(number: int, plaque: TruePlaque) -> TabledPlaque:
    center = tuple(round(side, UM_DECIMALS) for side in plaque.center_um)
    return TabledPlaque(number, plaque.class_name, plaque.numbers, plaque.boxes, (), center)


def _true(tabled: TabledPlaque) -> TruePlaque:
    x_um, y_um, z_um = tabled.values
    return TruePlaque(tabled.class_name, tabled.numbers, tabled.boxes, (x_um, y_um, z_um))

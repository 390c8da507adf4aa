"""How sizes and intensities of the plaques of each asset are spread, from `objects.csv`."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.predicted_tables import AssetTable, Row

COLUMNS = ("dataset", "asset", "image", "class", "resolved", "area_px2", "length_px", "area_um2")
SHARES = np.arange(5, 96, 5) / 100  # of the plaques, whose quantiles are told
SIZES = {
    "area": (
        "um2",
        "px2",
        "area, \N{MICRO SIGN}m\N{SUPERSCRIPT TWO}",
        "area, px\N{SUPERSCRIPT TWO}",
    ),
    "length": ("um", "px", "length, \N{MICRO SIGN}m", "length, px"),
}
LIGHT, LIGHT_TITLE = "integrated_", "light in {}, grey values"
SPOT = "none"  # in the column "resolved": neither length nor width could be told
MOST_CHANNELS = 3

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distribution:
    """One quantity of the plaques.

    Attributes:
        title: with the unit.
        name: for a file.
        quantiles: of each asset (Q,), those of `SHARES`; -inf below the resolution.
        num_plaques: of each asset, that have a value or are known to be below the resolution.
    """

    title: str
    name: str
    quantiles: Mapping[AssetName, FloatArray]
    num_plaques: Mapping[AssetName, int]

    @property
    def is_positive(self) -> bool:
        """Whether all quantiles that are told are above zero."""
        values = np.concatenate(list(self.quantiles.values()))
        return bool((values[np.isfinite(values)] > 0).all())


def plaque_distributions(table: AssetTable) -> list[Distribution]:
    """Return size, length and light in up to three channels; those that nothing tells are left out.

    Sizes are in um where those of all plaques are. A spot, of which no size is told, counts as
    smaller than all others: to leave it out would make plaques look larger than they are.
    """
    rows = [row for own in table.rows.values() for row in own]
    has_scale = all(row["area_um2"] for row in rows if row["area_px2"])
    found = []
    for name, (um, px, title_um, title_px) in SIZES.items():
        column, title = (f"{name}_{um}", title_um) if has_scale else (f"{name}_{px}", title_px)
        found.append(_distribution(table, column, title, name))
    channels = [name for name in table.columns if name.startswith(LIGHT)]
    for column in channels[:MOST_CHANNELS]:
        channel = column.removeprefix(LIGHT)
        title = LIGHT_TITLE.format(channel)
        found.append(_distribution(table, column, title, f"light_{channel}"))
    return [each for each in found if each.quantiles]


def _distribution(table: AssetTable, column: str, title: str, name: str) -> Distribution:
    values = {}
    for asset, rows in table.rows.items():
        own = [each for row in rows if (each := _value(table, row, column)) is not None]
        if own:
            values[asset] = np.array(own, np.float64)
    if not any(np.isfinite(own).any() for own in values.values()):
        values = {}
    quantiles = {
        # Ranks instead of means between two, which -inf has none of.
        asset: np.quantile(own, SHARES, method="inverted_cdf")
        for asset, own in values.items()
    }
    return Distribution(title, name, quantiles, {asset: len(own) for asset, own in values.items()})


def _value(table: AssetTable, row: Row, column: str) -> float | None:
    if row["resolved"] == SPOT and not column.startswith(LIGHT):
        return -np.inf
    return table.number(row, column)

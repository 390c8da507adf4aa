"""Which cells share plaques: tables of cells and of pairs of neighbors."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from gapjunction.images.label_images import Labels
from gapjunction.measurement.cell_borders import Pair, border_lengths
from gapjunction.measurement.cells import NOBODY, Cell, CellsOfPlaque, cells_of_plaques, list_cells
from gapjunction.measurement.region_counts import CountedImage, Row, plaque_centers, shown

CELL_COLUMNS = (
    *("dataset", "asset", "image", "cell", "class", "plaques", "on_no_border", "on_borders"),
    *("neighbors", "coupled_neighbors", "x_px", "y_px", "area_px", "area_um2", "cut_by_image"),
)
PAIR_COLUMNS = (
    *("dataset", "asset", "image", "cell", "other_cell", "class", "plaques"),
    *("border_px", "border_um", "plaques_per_um"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Coupling:
    """The cells of an image, and where its plaques lie among them.

    Attributes:
        um_per_px: the side of a pixel.
        places: of the image's plaques, in their order.
        border_px: the length of the border of each pair of neighbors.
    """

    image: CountedImage
    um_per_px: float
    cells: Sequence[Cell]
    places: Sequence[CellsOfPlaque]
    border_px: Mapping[Pair, float]

    @classmethod
    def of(cls, image: CountedImage, labels: Labels, um_per_px: float, border_um: float) -> Self:
        """Return the coupling by plaques whose centers are at most `border_um` from both cells."""
        reach_px = border_um / um_per_px
        places = cells_of_plaques(labels, plaque_centers(image.found, image.size_px), reach_px)
        with_plaques = {place.pair: 0.0 for place in places if place.pair is not None}
        lengths = with_plaques | border_lengths(labels, reach_px)
        return cls(image, um_per_px, list_cells(labels), places, dict(sorted(lengths.items())))

    @property
    def num_on_borders(self) -> int:
        """How many plaques lie on the border of two cells."""
        return sum(place.pair is not None for place in self.places)

    @property
    def num_in_none(self) -> int:
        """How many plaques lie in no cell, and beside none."""
        return sum(place.cell == NOBODY for place in self.places)

    @property
    def plaques_of_pairs(self) -> Counter[Pair]:
        """How many plaques, of any class, lie on the border of each pair that has some."""
        return Counter(place.pair for place in self.places if place.pair is not None)

    def cell_rows(self) -> Iterator[Row]:
        """Yield a row for each cell and class, as in `CELL_COLUMNS`."""
        neighbors = Counter(cell for pair in self.border_px for cell in pair)
        for label, name in enumerate(self.image.class_names):
            pairs = Counter(place.pair for place in self._of_class(label) if place.pair)
            coupled = Counter(cell for pair in pairs for cell in pair)
            on_borders = Counter(cell for pair in pairs.elements() for cell in pair)
            alone = Counter(place.cell for place in self._of_class(label) if not place.pair)
            for cell in self.cells:
                own = cell.label
                yield (
                    *(*self.image.row, own, name, alone[own] + on_borders[own]),
                    *(alone[own], on_borders[own], neighbors[own], coupled[own]),
                    *(round(cell.x, 3), round(cell.y, 3), cell.num_px),
                    *(shown(cell.num_px * self.um_per_px**2), int(cell.is_cut)),
                )

    def pair_rows(self) -> Iterator[Row]:
        """Yield a row for each pair of neighbors and class, as in `PAIR_COLUMNS`."""
        for label, name in enumerate(self.image.class_names):
            plaques = Counter(place.pair for place in self._of_class(label))
            for pair, length_px in self.border_px.items():
                length_um = length_px * self.um_per_px
                yield (
                    *(*self.image.row, *pair, name, plaques[pair], shown(length_px)),
                    *(shown(length_um), shown(plaques[pair] / length_um) if length_um else None),
                )

    def _of_class(self, label: int) -> list[CellsOfPlaque]:
        labels = self.image.found.labels.tolist()
        return [place for place, own in zip(self.places, labels, strict=True) if own == label]

"""A field of tissue in micrometers: plaques one by one, and everything else that shines."""

from dataclasses import dataclass

import numpy as np

from gapjunction.simulation.cells import (
    fill_cytoplasm,
    fill_nuclei,
    fill_processes,
    place_cells,
)
from gapjunction.simulation.distractors import draw_fibers, draw_lipofuscin
from gapjunction.simulation.plaques import defocus, draw_count, draw_plaques, expected_plaques
from gapjunction.simulation.tissue import Emitters, Tissue


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A square field: each plaque in focus by itself, everything else as one cloud a kind."""

    side_um: float
    plaques: tuple[Emitters, ...]
    defocused_plaques: Emitters
    cytoplasm: Emitters
    processes: Emitters
    nuclei: Emitters
    lipofuscin: Emitters
    fibers: Emitters


def build_scene(
    tissue: Tissue, side_um: float, density_factor: float, rng: np.random.Generator
) -> Scene:
    """Draw one field; `density_factor` multiplies the expected number of plaques."""
    cells = place_cells(tissue, side_um, rng)
    num_plaques = draw_count(tissue, expected_plaques(tissue, side_um, density_factor), rng)
    num_defocused = int(rng.poisson(tissue.defocused_per_plaque * num_plaques))
    out_of_focus = draw_plaques(tissue, num_defocused, side_um, cells, rng)
    return Scene(
        side_um=side_um,
        plaques=tuple(draw_plaques(tissue, num_plaques, side_um, cells, rng)),
        defocused_plaques=Emitters.joined(defocus(tissue, cloud, rng) for cloud in out_of_focus),
        cytoplasm=fill_cytoplasm(tissue, cells, side_um, rng),
        processes=fill_processes(tissue, cells, rng),
        nuclei=fill_nuclei(tissue, cells, rng),
        lipofuscin=draw_lipofuscin(tissue, cells, rng),
        fibers=draw_fibers(tissue, side_um, rng),
    )

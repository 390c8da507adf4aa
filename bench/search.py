"""Look for the settings with the highest score."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from gapjunction.config import StrictConfig

Settings = TypeVar("Settings", bound=StrictConfig)

ROUNDS = 2


def search_by_turns(
    start: Settings,
    grid: Mapping[str, Sequence[Any]],
    improve: Callable[[Settings], tuple[float, Settings]],
) -> Settings:
    """Return the best settings found by varying one entry of `grid` at a time, in its order.

    `improve` returns a score and the settings with what it can choose at little cost itself. The
    entries have ROUNDS turns each; a tie goes to what was tried first.
    """
    seen: dict[str, tuple[float, Settings]] = {}

    def improved(settings: Settings) -> tuple[float, Settings]:
        asked = settings.model_dump_json(include=set(grid))
        if asked not in seen:
            seen[asked] = improve(settings)
        return seen[asked]

    best = improved(start)
    for _ in range(ROUNDS):
        for name, values in grid.items():
            for value in values:
                best = max(
                    best,
                    improved(best[1].but(**{name: value})),
                    key=lambda scored: scored[0],
                )
    return best[1]


def search_all(candidates: Sequence[Settings], score: Callable[[Settings], float]) -> Settings:
    """Return the candidate with the highest score; a tie goes to the first."""
    return max(candidates, key=score)

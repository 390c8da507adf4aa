"""Simulated datasets of benchmarks, which are made once."""

from pathlib import Path

from gapjunction.commands import simulate
from gapjunction.commands.simulate import SimulateConfig


def simulated(config: SimulateConfig) -> Path:
    """Return the dataset that the settings describe, simulated unless its folder is there."""
    if not config.out.is_dir():
        simulate.run(config)
    return config.out

"""Tests for `bench.simulated_data`."""

from pathlib import Path

from bench.simulated_data import simulated

from gapjunction.commands.simulate import SimulateConfig
from gapjunction.dataset.reader import read_dataset


def test_simulated__folder_is_there__is_taken_as_it_is(tmp_path: Path) -> None:
    config = SimulateConfig(out=tmp_path / "set", images=1, size=64, assets=1)
    [image] = read_dataset(simulated(config)).images()
    image.path.write_bytes(b"as it is")
    simulated(config)
    assert image.path.read_bytes() == b"as it is"

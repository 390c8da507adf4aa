"""Tests for `gapjunction.commands.predict.measuring_on_cluster`."""

import pickle
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from builders import build_dataset
from gapjunction.cluster.distribute import Parcel
from gapjunction.cluster.work import Outcome, SetAsideError, Work
from gapjunction.commands import measure
from gapjunction.commands.measure import MeasureConfig
from gapjunction.commands.predict import measuring_on_cluster
from gapjunction.commands.predict.measuring_on_cluster import MeasuringBegins
from gapjunction.errors import ConfigError
from gapjunction.prediction.measured_image import Measuring


def last_first_but_one(_client: None, work: Work, parcels: Iterable[Parcel]) -> Iterator[Outcome]:
    """Measure in this process, in another order; the second image is given up."""
    do = pickle.loads(work.begin)()  # noqa: S301 - made by this test
    for number, item in reversed([each for parcel in parcels for each in parcel]):
        if number == 1:
            yield Outcome(number, None, SetAsideError("2 tries in vain: it took more than 9 s"))
        else:
            yield Outcome(number, pickle.loads(pickle.dumps(do(item))))  # noqa: S301


def test_run__other_order_elsewhere__rows_are_in_order_and_what_failed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build_dataset(tmp_path / "set")
    config = MeasureConfig(input=root, output=tmp_path / "alone", pixel_size_um=0.1)
    measure.run(config)
    monkeypatch.setattr(measuring_on_cluster, "distribute", last_first_but_one)
    monkeypatch.setattr(measuring_on_cluster, "opened_client", lambda *_: nullcontext())
    monkeypatch.setattr(measuring_on_cluster, "end_work", lambda *_: None)
    result = measure.run(config.but(output=tmp_path / "out", cluster="local:1"))
    alone = (tmp_path / "alone/objects.csv").read_text().splitlines()
    together = (tmp_path / "out/objects.csv").read_text().splitlines()
    (failure,) = result.failures
    assert "expected an image that a process can measure, found 2 tries in vain" in failure
    assert failure.endswith("(--time_limit_s)")
    assert 1 < len(together) < len(alone)
    assert together == [line for line in alone if line in together]


@pytest.mark.long
@pytest.mark.skipif(
    "not __import__('importlib.util').util.find_spec('distributed')",
    reason="distributed comes with the extra cluster",
)
def test_run__two_processes__leave_the_bytes_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = build_dataset(tmp_path / "set")
    monkeypatch.chdir(tmp_path)
    config = MeasureConfig(
        input=root.relative_to(tmp_path),
        output=Path("alone"),
        pixel_size_um=0.1,
        formats=("csv", "parquet"),
    )
    alone = measure.run(config)
    together = measure.run(config.but(output=Path("together"), cluster="local:2"))
    assert together.table.num_objects == alone.table.num_objects > 0
    for name in ("objects.csv", "objects.parquet"):
        assert Path("together", name).read_bytes() == Path("alone", name).read_bytes()


def test_run__cluster_that_is_none__is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="found slurm"):
        measure.run(MeasureConfig(input=tmp_path, output=tmp_path / "out", cluster="slurm"))


def test_begins__other_package__is_refused() -> None:
    with pytest.raises(ConfigError, match="expected gapjunction 0 in every worker"):
        MeasuringBegins(Measuring(("plaque",)), "0")()

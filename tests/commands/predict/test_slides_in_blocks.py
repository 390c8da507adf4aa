"""Tests for `gapjunction.commands.predict.slides_in_blocks` and `slide_blocks`."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import tifffile

from gapjunction.cluster.distribute import Parcel
from gapjunction.cluster.work import Outcome, SetAsideError, Work
from gapjunction.commands.predict import images, on_cluster, slide_blocks
from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.errors import ImageError
from gapjunction.prediction import slide_detection, tiled
from whole_commands import content
from zarr_samples import attributes, dark_with_spots

MIDDLES = np.stack(np.meshgrid(range(30, 580, 37), range(30, 580, 37)), axis=-1).reshape(-1, 2)

Distribute = Callable[[None, Work, Iterable[Parcel]], Iterator[Outcome]]


@pytest.fixture
def slide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a slide of four blocks of one tile."""
    monkeypatch.setattr(images, "LEAST_PX", 1000)
    monkeypatch.setattr(slide_detection, "BLOCK_PX", 520)
    monkeypatch.setattr(tiled, "LARGEST_TILE_PX", 0)
    (tmp_path / "slides").mkdir()
    return write_slide(tmp_path / "slides" / "a.tif")


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the blocks that workers look at, which are added as they do."""
    indices: list[int] = []
    detect_blocks = slide_detection.detect_blocks

    def counted(model: object, own: object, wanted: list[int]) -> object:
        indices.extend(wanted)
        return detect_blocks(model, own, wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(slide_blocks, "detect_blocks", counted)
    return indices


def write_slide(path: Path) -> Path:
    tifffile.imwrite(path, dark_with_spots(600, 600, MIDDLES), tile=(64, 64))
    return path


def last_first(_client: None, work: Work, parcels: Iterable[Parcel]) -> Iterator[Outcome]:
    """Do in this process what workers do, in another order, with all that passes pickled."""
    predict = pickle.loads(work.begin)()  # noqa: S301 - made by this test
    for number, item in reversed([each for parcel in parcels for each in parcel]):
        try:
            outcome = Outcome(number, predict(pickle.loads(pickle.dumps(item))))  # noqa: S301
        except ImageError as error:
            outcome = Outcome(number, None, pickle.loads(pickle.dumps(error)))  # noqa: S301
        yield outcome


def all_but_the_second(client: None, work: Work, parcels: Iterable[Parcel]) -> Iterator[Outcome]:
    """Do all but the second item, which is given up."""
    first, second, *others = parcels
    yield Outcome(second[0][0], None, SetAsideError("2 tries in vain: it took more than 9 s"))
    yield from last_first(client, work, [first, *others])


def asked(source: Path, output: Path) -> PredictConfig:
    return PredictConfig(input=source, output=output, num_gpus=0, scale=1.0)


def predict_elsewhere(
    source: Path, output: Path, monkeypatch: pytest.MonkeyPatch, distribute: Distribute
) -> tuple[str, ...]:
    """Predict with workers that `distribute` stands for; return what was wrong."""
    monkeypatch.setattr(on_cluster, "distribute", distribute)
    monkeypatch.setattr(on_cluster, "opened_client", lambda *_: nullcontext())
    monkeypatch.setattr(on_cluster, "end_work", lambda *_: None)
    return run(asked(source, output).but(cluster="local:1")).failures


@pytest.mark.long
def test_run__blocks_elsewhere__leave_the_same_bytes(
    tmp_path: Path, slide: Path, monkeypatch: pytest.MonkeyPatch, looked_at: list[int]
) -> None:
    monkeypatch.chdir(tmp_path)
    alone = run(asked(slide.relative_to(tmp_path), Path("alone")))
    assert alone.totals == {"gap_junction": len(MIDDLES)}
    predict_elsewhere(slide.relative_to(tmp_path), Path("together"), monkeypatch, last_first)
    assert looked_at == [3, 2, 1, 0]
    assert content(tmp_path / "together") == content(tmp_path / "alone")


@pytest.mark.long
def test_run__block_that_is_given_up__keeps_the_others_for_the_next_time(
    tmp_path: Path, slide: Path, monkeypatch: pytest.MonkeyPatch, looked_at: list[int]
) -> None:
    run(asked(slide, tmp_path / "alone"))
    out = tmp_path / "together"
    with pytest.raises(ImageError) as caught:
        predict_elsewhere(slide, out, monkeypatch, all_but_the_second)
    assert str(caught.value) == (
        f"{slide}: block of 352 x 352 px from 248,0 on: expected one that a process can look at, "
        "found 2 tries in vain: it took more than 9 s; give the command again, with more time or "
        "memory: the other blocks are kept"
    )
    assert looked_at == [3, 2, 0]
    assert predict_elsewhere(slide, out, monkeypatch, last_first) == ()
    assert looked_at == [3, 2, 0, 1]
    assert content(out) == content(tmp_path / "alone")


@pytest.mark.long
def test_run__slide_with_a_damaged_block__is_named_as_by_one_process_and_the_other_is_done(
    tmp_path: Path, slide: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = slide.with_name("b.tif")
    tifffile.imwrite(damaged, dark_with_spots(600, 600, MIDDLES), tile=(64, 64), compression="zlib")
    with tifffile.TiffFile(damaged) as file:
        place = file.pages[0].dataoffsets[-1]
    with damaged.open("r+b") as stream:
        stream.seek(place)
        stream.write(b"no zlib")
    alone = run(asked(slide.parent, tmp_path / "alone")).failures
    together = predict_elsewhere(slide.parent, tmp_path / "together", monkeypatch, last_first)
    assert len(alone) == 1
    assert "b.tif" in alone[0]
    assert together == alone


@pytest.mark.long
@pytest.mark.skipif(
    "not __import__('importlib.util').util.find_spec('distributed')",
    reason="distributed comes with the extra cluster",
)
def test_run__slide_on_two_processes__leaves_the_bytes_of_one(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')
    height, width = 5_000, 9_000  # six blocks
    path = tmp_path / "section.zarr"
    group = zarr.create_group(str(path))
    group.attrs.update(attributes("yx"))
    shape, chunks = (height, width), (512, 512)
    array = group.create_array("0", shape=shape, chunks=chunks, dtype=np.uint16, fill_value=0)
    for x, y in ((3300, 3000), (6900, 3000)):  # where four blocks meet
        array[y : y + 600, x : x + 600] = dark_with_spots(600, 600, MIDDLES)
    config = asked(path, tmp_path / "alone").but(region=f"0,0,{width},{height}", geojson=True)
    alone = run(config)
    run(config.but(output=tmp_path / "together", cluster="local:2"))
    assert alone.totals == {"gap_junction": 2 * len(MIDDLES)}
    assert content(tmp_path / "together") == content(tmp_path / "alone")

"""Tests for `gapjunction.commands.simulate`."""

from pathlib import Path

import pytest

from gapjunction.commands.simulate import SimulateConfig, run
from gapjunction.config import build_config
from gapjunction.dataset.reader import inspect_dataset, read_dataset
from gapjunction.dataset.true_plaques import read_true_plaques
from gapjunction.errors import ConfigError
from gapjunction.images.slice_names import slice_number


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def small(out: Path, *, images: int = 3, seed: int = 0) -> SimulateConfig:
    return SimulateConfig(out=out, kind="human", images=images, size=96, seed=seed, assets=2)


@pytest.mark.long
def test_run__same_seed__same_bytes(tmp_path: Path) -> None:
    run(small(tmp_path / "first"))
    run(small(tmp_path / "second"))
    assert content_of(tmp_path / "first") == content_of(tmp_path / "second")


@pytest.mark.long
def test_run__another_seed__other_images(tmp_path: Path) -> None:
    run(small(tmp_path / "first"))
    run(small(tmp_path / "second", seed=1))
    first, second = content_of(tmp_path / "first"), content_of(tmp_path / "second")
    image = "Assets/human_01/Raw/01_human_field01.webp"
    assert first[image] != second[image]


@pytest.mark.long
def test_run__more_images__leave_the_first_ones_as_they_are(tmp_path: Path) -> None:
    run(small(tmp_path / "few", images=3))
    run(small(tmp_path / "many", images=5))
    few, many = content_of(tmp_path / "few"), content_of(tmp_path / "many")
    assert few.items() <= many.items()
    assert len(many) > len(few)


@pytest.mark.long
def test_run__result__tells_where_how_many_and_what_next(tmp_path: Path) -> None:
    result = run(small(tmp_path / "out"))
    assert str(result).startswith(f"{tmp_path / 'out'}: 3 simulated images, ")
    assert f"gapjunction validate {tmp_path / 'out'}" in str(result)


def test_run__folder_with_content__is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("keep")
    with pytest.raises(ConfigError, match="expected a new or empty folder"):
        run(small(tmp_path))
    assert content_of(tmp_path) == {"precious.txt": b"keep"}


def test_run__a_file_in_the_way__is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("keep")
    with pytest.raises(ConfigError, match="found a file"):
        run(small(tmp_path / "out"))


def test_run__an_empty_folder__is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run(small(tmp_path / "out", images=1))
    assert (tmp_path / "out" / "Assets" / "human_01" / "asset_metadata.json").exists()


def small_stacks(out: Path, *, seed: int = 0, assets: int = 2) -> SimulateConfig:
    return SimulateConfig(out=out, kind="human", slices=3, size=96, seed=seed, assets=assets)


def test_run__stacks_of_one_seed__same_bytes_also_with_more_stacks(tmp_path: Path) -> None:
    run(small_stacks(tmp_path / "first"))
    run(small_stacks(tmp_path / "second"))
    run(small_stacks(tmp_path / "more", assets=3))
    first = content_of(tmp_path / "first")
    assert first == content_of(tmp_path / "second")
    assert first.items() < content_of(tmp_path / "more").items()


def test_run__stacks__are_read_without_a_complaint_in_order_of_z(tmp_path: Path) -> None:
    result = run(small_stacks(tmp_path / "HUMAN__gap_junctions"))
    dataset, problems = inspect_dataset(result.out)
    assert problems == []
    assert dataset is not None
    for asset in dataset.assets:
        assert [slice_number(image.stem) for image in asset.images] == [1, 2, 3]
        assert asset.metadata.z_step_um == 0.5
        assert asset.true_plaques_path is not None
        boxes = [len(image.boxes) for image in asset.images]
        assert sum(len(p.boxes) for p in read_true_plaques(asset.true_plaques_path)) == sum(boxes)


def test_run__stacks__tells_plaques_and_boxes(tmp_path: Path) -> None:
    result = run(small_stacks(tmp_path / "out"))
    assert result.num_plaques is not None
    assert 0 < result.num_plaques < result.num_boxes
    said = f"6 simulated slices, {result.num_plaques} gap junctions in {result.num_boxes} boxes"
    assert said in str(result)


def test_run__z_step__is_written(tmp_path: Path) -> None:
    run(small_stacks(tmp_path / "out", assets=1).but(z_step_um=0.25))
    [asset] = read_dataset(tmp_path / "out").assets
    assert asset.metadata.z_step_um == 0.25


def test_run__a_number_of_images_with_slices__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected no number of images where slices are given"):
        run(small_stacks(tmp_path / "out").but(images=4))
    assert not (tmp_path / "out").exists()


def test_run__a_z_step_without_slices__is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a z step only where slices are given"):
        run(small(tmp_path / "out").but(z_step_um=0.5))


def test_run__stacks_without_a_plaque__are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(small_stacks(tmp_path / "out").but(size=64, kind="rat", slices=2))
    [empty] = [
        asset.name
        for asset in read_dataset(tmp_path / "out").assets
        if not any(len(image.boxes) for image in asset.images)
    ]
    assert f"1 of 2 stacks have no gap junction ({empty}); --size" in caplog.text


def test_run__stacks_with_plaques__says_nothing_of_empty_ones(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run(small_stacks(tmp_path / "out"))
    assert "no gap junction" not in caplog.text


def test_config__seed_of_23_digits__is_refused() -> None:
    values = {"out": "out", "seed": 12345678901234567890123}
    with pytest.raises(ConfigError, match="seed: expected less than 4294967296"):
        build_config(SimulateConfig, values, "simulate")

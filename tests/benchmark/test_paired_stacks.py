"""Tests for `gapjunction.benchmark.paired_stacks`."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gapjunction.benchmark.asset_groups import AssetName, group_images
from gapjunction.benchmark.paired_detections import PairedDetections
from gapjunction.benchmark.paired_stacks import PairedStack, pair_stacks
from gapjunction.boxes import as_boxes
from gapjunction.dataset.true_plaques import TruePlaque, write_true_plaques
from gapjunction.detections import Detections
from gapjunction.errors import BenchmarkError
from gapjunction.images.slice_names import slice_rule

RAT = AssetName("rats", "rat 0")
HERE = (10, 10, 16, 18)


def boxes(*corners: tuple[float, ...], score: float = 1.0) -> Detections:
    count = len(corners)
    scores = np.full(count, score, np.float32)
    return Detections(as_boxes(list(corners)), scores, np.zeros(count, np.int64))


def paired(*stems: str, asset: AssetName = RAT, score: float = 1.0) -> PairedDetections:
    """Return images with a box in the same place, of one asset."""
    return PairedDetections(
        stems,
        ("gap_junction",),
        truth=(boxes(HERE),) * len(stems),
        found=(boxes(HERE, score=score),) * len(stems),
        assets=(asset,) * len(stems),
    )


def stacks_of(
    images: PairedDetections, threshold: float | None = None, names: str = "auto"
) -> tuple[PairedStack, ...]:
    groups = group_images(images.stems, None, Path("none"), images.assets)
    return pair_stacks(images, groups, threshold, slice_rule(names), Path("truth"))


def test_pair_stacks__box_in_three_slices__is_one_plaque_on_both_sides() -> None:
    (stack,) = stacks_of(paired("a_Z7", "b_Z5", "c_Z6"))
    assert (stack.name, stack.numbers) == ("rats/rat 0", (5, 6, 7))
    assert (stack.truth.num_plaques, stack.found.num_plaques) == (1, 1)
    assert stack.found.boxes.images.tolist() == [0, 1, 2]
    assert not stack.is_given


def test_pair_stacks__threshold__leaves_out_found_boxes_alone() -> None:
    (stack,) = stacks_of(paired("a_Z5", "a_Z6", score=0.4), threshold=0.5)
    assert (stack.truth.num_plaques, stack.found.num_plaques) == (1, 0)


def test_pair_stacks__another_rule__tells_the_slices() -> None:
    (stack,) = stacks_of(paired("plane1", "plane2"), names=r"plane(\d+)")
    assert stack.numbers == (1, 2)


@pytest.mark.parametrize("stems", [("a", "b"), ("a_Z5", "b"), ("a_Z5", "b_Z5", "c_Z6"), ("a_Z5",)])
def test_pair_stacks__no_stack__says_what_to_do(stems: tuple[str, ...]) -> None:
    with pytest.raises(BenchmarkError, match=r"as in _Z47_, found .*a.*benchmark counts") as error:
        stacks_of(paired(*stems))
    assert error.value.settings == ("slice_names",)


def test_pair_stacks__nothing_tells_assets__asks_for_them() -> None:
    files = PairedDetections(("a_Z5",), ("x",), (boxes(HERE),), (boxes(HERE),))
    with pytest.raises(BenchmarkError, match="nothing tells the stack") as error:
        stacks_of(files)
    assert error.value.settings == ("groups_file",)


def test_pair_stacks__asset_that_is_none__is_left_out_and_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    single = AssetName("rats", "single")
    images = paired("a_Z5", "a_Z6", "b")
    images = replace(images, assets=(RAT, RAT, single))
    assert [stack.name for stack in stacks_of(images)] == ["rats/rat 0"]
    assert "rats/single: the images that both sides have are no slices of one stack" in caplog.text


def test_pair_stacks__names_with_dataset_and_asset__are_told_by_those_of_files() -> None:
    """Where stems are not unique, images are called dataset__asset__stem."""
    images = paired("rats__a__1_x", "rats__a__2_x")
    paths = {name: Path(f"{name.split('__')[-1]}.png") for name in images.stems}
    images = replace(images, image_paths=paths)
    (stack,) = stacks_of(images, names=r"^(\d+)_")
    assert stack.numbers == (1, 2)


def given(folder: Path, class_name: str = "gap_junction") -> PairedDetections:
    """Return three slices with a box that is two plaques, by the file of these."""
    plaques = [
        TruePlaque(class_name, np.array(numbers), as_boxes([HERE] * len(numbers)), (0, 0, 0))
        for numbers in ([4, 5], [6, 7], [9])
    ]
    write_true_plaques(folder / "true.csv", plaques)
    images = paired("a_Z5", "a_Z6", "a_Z7")
    return replace(images, true_plaques={RAT: folder / "true.csv"})


def test_pair_stacks__file_of_true_plaques__is_the_truth_in_the_slices_compared(
    tmp_path: Path,
) -> None:
    (stack,) = stacks_of(given(tmp_path))
    assert stack.is_given
    assert (stack.truth.num_plaques, stack.found.num_plaques) == (2, 1)
    assert stack.truth.boxes.images.tolist() == [0, 1, 2]
    assert stack.truth.plaques.tolist() == [0, 1, 1]


def test_pair_stacks__true_plaques_of_another_class__are_an_error(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"true\.csv: vessel: expected classes that are"):
        stacks_of(given(tmp_path, "vessel"))


def test_pair_stacks__slices_of_one_side__are_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    images = paired("a_Z5", "a_Z6")
    other = AssetName("rats", "rat 1")
    left_out = {"a_Z9": RAT, "a_Z17": RAT, "no_slice": RAT, "b_Z1": other, "b_Z2": other}
    stacks_of(replace(images, left_out=left_out))
    assert (
        "rats/rat 0: only one side has slices 9, 17, no_slice, which are not compared"
        in caplog.text
    )
    assert "Only one side has boxes of rats/rat 1, which are not compared" in caplog.text

"""Tests for `bench.run` and what it writes."""

from pathlib import Path

import numpy as np
import pytest
from bench.cost import measure_peak_mb, measure_seconds
from bench.figure import draw_scores
from bench.methods import load_method
from bench.results import Result, fingerprint_of, kept_result, result_path
from bench.run import QUICK, SHIPPED, BenchConfig, read_arguments, run
from bench.scoring import ImageScore
from bench.sets import SETS, Amount, make_sets
from bench.tables import BEGIN, END, accuracy_tables, cost_table, write_into_page
from numpy.typing import NDArray

from gapjunction.dataset.reader import read_dataset
from gapjunction.detections import Detections
from gapjunction.files import write_json
from gapjunction.images.pictures import write_png

IMAGE = ImageScore(num_truth=4, num_found=4, num_near=3, num_overlapping=2)
RESULT = Result(
    method="log",
    title="LoG",
    set_name="second_rat",
    fingerprint="f",
    settings={},
    images=(IMAGE,),
)


def test_write_into_page__second_time__replaces_the_first(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\n{END}\nafter\n", encoding="utf-8")
    write_into_page(page, "old")
    write_into_page(page, "new")
    assert page.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["nothing", f"{END}\n{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_write_into_page__markers_not_in_order__is_refused(tmp_path: Path, text: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="once each"):
        write_into_page(page, "new")


def test_accuracy_tables__one_result__is_one_row() -> None:
    lines = accuracy_tables([RESULT], {"log": "LoG"}).splitlines()
    assert lines[0] == "### second simulator, rat"
    assert lines[-1] == "| LoG | 0.750 | 0.500 | 0.0 | 0.0 |"


def test_cost_table__method__is_a_multiple_of_the_reference() -> None:
    titles = {"log": "LoG", "dog": "DoG"}
    rows = cost_table([], titles, {"log": 2.0, "dog": 0.5}, {"log": 100.0}).splitlines()
    assert rows[-2:] == ["| LoG | 2.00 | 1.00 | 100 | - |", "| DoG | 0.50 | 0.25 | - | - |"]


def test_draw_scores__one_result__marks_it_in_both_panels() -> None:
    left, right = draw_scores([RESULT], {"log": "LoG"}).axes
    assert np.concatenate([line.get_xdata() for line in left.lines]).tolist() == [0.75]
    assert np.concatenate([line.get_xdata() for line in right.lines]).tolist() == [0.5]


def test_kept_result__other_fingerprint__is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    assert kept_result(path, "f") is None
    write_json(path, RESULT.model_dump(mode="json"))
    assert kept_result(path, "f") == RESULT
    assert kept_result(path, "other") is None


def test_measure_seconds__first_time__does_not_count() -> None:
    ticks = iter([0, 3, 3, 8, 8, 15])  # of three images; the first is shown once more before

    shown = []

    def detect(image: NDArray[np.uint8]) -> Detections:
        shown.append(int(image[0, 0, 0]))
        return Detections.none()

    images = [np.full((3, 4, 4), value, np.uint8) for value in (1, 2, 3)]
    assert measure_seconds({"one": detect}, images, lambda: next(ticks)) == {"one": 5}
    assert shown == [1, 1, 2, 3]


@pytest.mark.long
def test_measure_peak_mb__large_starting_process__does_not_count(tmp_path: Path) -> None:
    pytest.importorskip("skimage")
    method = load_method("dog", tmp_path, None)
    settings = {"method": "dog", "view": {"channel": 0}}
    image = tmp_path / "image.png"
    write_png(image, np.zeros((3, 64, 64), np.uint8))
    ballast = np.ones(100_000_000, np.float32)  # 400 MB
    assert measure_peak_mb(method, settings, image) < ballast.nbytes / 1e6


def test_make_sets__negative_set__shares_the_tuning_images_of_another(tmp_path: Path) -> None:
    sets = make_sets(["negative"], Amount(tuning=2, test=1, size_px=96), tmp_path)
    assert sets["negative"].tuning == sets["second_human"].tuning
    assert not any(len(i.boxes) for i in read_dataset(sets["negative"].test).images())
    assert len(list(read_dataset(sets["negative"].tuning).images())) == 2


@pytest.mark.long
def test_make_sets__same_code__are_not_written_again(tmp_path: Path) -> None:
    amount = Amount(tuning=1, test=1, size_px=96)
    make_sets(["second_human"], amount, tmp_path)
    mark = tmp_path / "second_human" / "test" / "mark"
    mark.touch()
    make_sets(["second_human"], amount, tmp_path)
    assert mark.exists()
    make_sets(["second_human"], Amount(tuning=1, test=1, size_px=128), tmp_path)
    assert not mark.exists()


def test_read_arguments__quick__writes_no_page(tmp_path: Path) -> None:
    config = read_arguments(["--quick", "--out", str(tmp_path), "--methods", "dog"])
    assert (config.page, config.amount, config.methods) == (None, QUICK, ("dog",))
    assert read_arguments([]).sets == tuple(SETS)


@pytest.mark.long
def test_run__method_that_is_not_installed__takes_part_with_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.run.why_missing", lambda name, _: f"{name} is not installed")
    config = BenchConfig(
        out=tmp_path,
        page=None,
        checkpoint=SHIPPED,
        sets=("second_rat",),
        methods=("log", "dog"),
        amount=Amount(tuning=1, test=1, size_px=128),
    )
    made = make_sets(["second_rat"], config.amount, tmp_path / "sets")["second_rat"]
    kept = RESULT.but(fingerprint=fingerprint_of("log", made, SHIPPED, None))
    write_json(result_path(tmp_path, "second_rat", "log"), kept.model_dump(mode="json"))
    text = run(config)
    assert "| LoG | 0.750 | 0.500 | 0.0 | 0.0 |" in text
    assert "| LoG | - | - | - | - |" in text  # no cost
    assert "DoG" not in text


@pytest.mark.slow
def test_run__quick__measures_all_that_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("skimage")
    pytest.importorskip("bigfish")
    config = BenchConfig(
        out=tmp_path,
        page=None,
        checkpoint=SHIPPED,
        sets=("own_rat", "second_human", "negative"),
        methods=("shipped", "trained", "log", "dog", "tophat", "bigfish"),
        amount=QUICK,
        max_epochs=1,
    )
    text = run(config)
    for title in ("trained on 15", "LoG", "DoG", "top-hat", "big-fish"):
        assert text.count(title) >= 3  # two sets and the cost
    assert (tmp_path / "benchmarks.png").is_file()
    assert run(config).count("second simulator, human") == 1  # all but the cost is kept

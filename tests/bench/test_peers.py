"""Tests for `bench.peers`: on clear spots, every tuned method finds all."""

from pathlib import Path

import numpy as np
import pytest
from bench.examples import Example, TuningSet
from bench.methods import load_method, why_missing
from bench.peers.method import scored_one, thresholds_to_try
from bench.scoring import count_near_pairs, f1_distance
from bench.search import search_by_turns
from bench.views import View, find_channel, views_for

from gapjunction.config import StrictConfig

pytest.importorskip("skimage", reason="a peer: pip install -e '.[bench]'")
pytest.importorskip("bigfish", reason="a peer: pip install -e '.[bench]'")

SIZE, SIGMA = 96, 2.0


def draw_example(seed: int, channel: int = 1) -> Example:
    """Return Gaussian spots on a noisy ground, with boxes of twice 1.5 sigma."""
    rng = np.random.default_rng(seed)
    cells = rng.permutation(16)[:8]
    middles = np.stack([cells % 4, cells // 4], axis=1) * 22 + rng.uniform(12, 18, (8, 2))
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    light = rng.normal(30, 3, (3, SIZE, SIZE))
    for cx, cy in middles:
        light[channel] += 120 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * SIGMA**2))
    corner = middles + 0.5 - 1.5 * SIGMA
    boxes = np.concatenate([corner, corner + 3 * SIGMA], axis=1)
    return Example(np.clip(light, 0, 255).astype(np.uint8), scored_one(boxes))


@pytest.mark.long
@pytest.mark.parametrize("name", ["log", "dog", "tophat", "bigfish"])
def test_tuned_method__clear_spots__finds_all_and_nothing_else(name: str, tmp_path: Path) -> None:
    method = load_method(name, tmp_path, None)
    tuning = TuningSet(tmp_path, tmp_path, [draw_example(seed) for seed in (0, 1)])
    detect = method.prepare(method.tune(tuning))
    test = draw_example(2)
    found = detect(test.pixels)
    assert len(found) == len(test.truth)
    assert count_near_pairs(test.truth, found) == len(test.truth)


@pytest.mark.long
@pytest.mark.parametrize("name", ["log", "dog", "tophat", "bigfish"])
def test_prepare__settings_kept_as_json__find_the_same(name: str, tmp_path: Path) -> None:
    method = load_method(name, tmp_path, None)
    settings = method.tune(TuningSet(tmp_path, tmp_path, [draw_example(0)]))
    kept = method.settings.model_validate_json(settings.model_dump_json())
    pixels = draw_example(3).pixels
    one, two = method.prepare(settings)(pixels), method.prepare(kept)(pixels)
    assert np.array_equal(one.boxes, two.boxes)


@pytest.mark.parametrize("method", ["log", "dog"])
@pytest.mark.parametrize("threshold", [0.03, 0.1])
def test_keep_candidates__any_threshold__are_what_scikit_image_finds(
    method: str, threshold: float
) -> None:
    spots = pytest.importorskip("bench.peers.spots")

    view = View(channel=1)
    settings = spots.SpotSettings.model_validate(
        {"method": method, "view": view, "threshold": threshold}
    )
    grey = view.of(draw_example(4).pixels)
    own = spots.keep_candidates(spots.find_candidates(grey, settings), settings)
    theirs = spots.find_blobs(grey, settings)
    assert len(theirs) >= 8
    assert sorted(map(tuple, own.round(2).tolist())) == sorted(map(tuple, theirs.round(2).tolist()))


def test_find_peaks__above_a_threshold__are_what_bigfish_finds() -> None:
    bigfish = pytest.importorskip("bench.peers.bigfish")

    settings = bigfish.BigfishSettings(view=View(channel=1), threshold=0.05)
    example = draw_example(5)
    peaks = bigfish.find_peaks(settings.view.of(example.pixels), settings)
    num_found = len(bigfish.prepare(settings)(example.pixels))
    assert num_found == int((peaks[:, 2] > 0.05).sum()) > 0


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_find_channel__spots_in_one_channel__is_that_one(channel: int) -> None:
    assert find_channel([draw_example(0, channel)]) == channel
    assert views_for([draw_example(0, channel)])[0].channel == channel


def test_view__what_shines_in_all_channels__vanishes_without_the_others() -> None:
    grey = np.full((3, 4, 4), 200, np.uint8)
    assert not View(channel=0, kind="connexin_minus_others").of(grey).any()
    assert View(channel=0, kind="brightest").of(grey).min() == pytest.approx(200 / 255)


def test_view__stretched__does_not_depend_on_the_exposure() -> None:
    view, pixels = View(channel=1, is_stretched=True), draw_example(0).pixels // 2 * 2
    assert view.of(pixels) == pytest.approx(view.of(pixels // 2), rel=1e-4)


def test_thresholds_to_try__let_through_from_a_third_to_three_times_as_many() -> None:
    strengths = np.arange(1000.0)
    counts = [int((strengths > each).sum()) for each in thresholds_to_try([strengths], 100)]
    assert max(counts) == 300
    assert min(counts) == 33
    assert 100 in counts


def test_thresholds_to_try__no_candidates__is_still_one() -> None:
    assert thresholds_to_try([np.zeros(0)], 5) == [0.0]


def test_f1_distance__false_detections__lower_it() -> None:
    truth = draw_example(0).truth
    doubled = scored_one(np.concatenate([truth.boxes, truth.boxes + 500]))
    assert f1_distance([truth], [doubled]) == pytest.approx(2 / 3)


class Point(StrictConfig):
    x: int = 0
    y: int = 0


def test_search_by_turns__ridge__is_followed_for_two_rounds() -> None:
    def improve(point: Point) -> tuple[float, Point]:
        return -abs(point.x - point.y) - 0.1 * abs(point.x - 3), point

    best = search_by_turns(Point(), {"x": range(5), "y": range(5)}, improve)
    assert best.x == best.y


def test_why_missing__no_weights__says_where_they_should_be(tmp_path: Path) -> None:
    assert str(tmp_path / "none") in str(why_missing("shipped", tmp_path / "none"))
    assert why_missing("shipped", tmp_path) is None

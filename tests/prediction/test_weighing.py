"""Tests for `gapjunction.prediction.weighing`."""

import numpy as np

from gapjunction.models.checkpoint import DetectorConfig
from gapjunction.prediction.weighing import weighed_in
from gapjunction.salience import Salience
from spot_rows import spots_in_a_row

CONFIG = DetectorConfig(
    class_names=("a",),
    class_colors=("#000000",),
    salience=Salience(usual_doubt=0.1, odds_per_doubt=30.0, even_octaves=-1.5),
)


def test_weighed_in__what_is_doubted_in_grey__is_weighed() -> None:
    seen, image = spots_in_a_row([200, 200, 40, 40], [0.6, 0.45, 0.55, 0.45])
    weighed = weighed_in(image, image, seen, CONFIG)
    assert (weighed.scores[:2] > 0.5).all()
    assert (weighed.scores[2:] < 0.5).all()


def test_weighed_in__channel_of_a_color_picture__stays_as_it_is() -> None:
    seen, image = spots_in_a_row([200, 200, 40, 40], [0.6, 0.45, 0.55, 0.45])
    picture = np.concatenate([image, image[:, :, ::-1], image])
    assert weighed_in(picture, picture[:1], seen, CONFIG) is seen


def test_weighed_in__channel_of_a_picture_in_one_hue__is_weighed() -> None:
    seen, image = spots_in_a_row([200, 200, 40, 40], [0.6, 0.45, 0.55, 0.45])
    picture = np.concatenate([image, image, image])
    expected = weighed_in(image, image, seen, CONFIG)
    weighed = weighed_in(picture, picture[:1], seen, CONFIG)
    np.testing.assert_array_equal(weighed.scores, expected.scores)

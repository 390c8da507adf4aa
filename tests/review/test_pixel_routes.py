"""Tests for `gapjunction.review.routes`: images and their tiles."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from gapjunction.images.pictures import read_picture
from gapjunction.review.pixels import ArrayPixels
from gapjunction.review.pyramid import build_pyramid
from gapjunction.review.pyramids import Pyramids
from gapjunction.review.reviewed import Review
from review_cases import image_of


def test_tile__asked_colors__come_from_the_pixels(review: Review, client: TestClient) -> None:
    image = image_of(review)
    answer = client.get(f"/api/images/{image.id}/tiles/0/0_0.webp?c=0,0,255,1,FF0000")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (80, 64)
        red, green, blue = np.asarray(picture.convert("RGB")).reshape(-1, 3).max(axis=0).tolist()
    assert red > 150
    assert max(green, blue) < 60


@pytest.mark.parametrize(
    "query", ["c=9,0,1,1,FFFFFF", "c=0,0,1", "c=0,nan,1,1,FFFFFF", "c=0,0,1,1,x"]
)
def test_tile__wrong_colors__are_refused(review: Review, client: TestClient, query: str) -> None:
    path = f"/api/images/{image_of(review).id}/tiles/0/0_0.webp?{query}"
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("place", ["1/0_0", "0/1_0", "0/0_1"])
def test_tile__beyond_the_image__is_not_found(
    review: Review, client: TestClient, place: str
) -> None:
    path = f"/api/images/{image_of(review).id}/tiles/{place}.webp"
    assert client.get(path).status_code == 404


def test_image__large__is_coarse_where_the_page_asks_for_what_is_there_at_once(
    review: Review, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = image_of(review)
    look = replace(build_pyramid(ArrayPixels(read_picture(image.image.path))), is_coarse=True)
    monkeypatch.setattr(Pyramids, "at_once", lambda *_: look)
    path = f"/api/images/{image.id}"
    assert client.get(f"{path}?coarse").json()["coarse"]
    assert not client.get(path).json()["coarse"]
    assert client.get(f"{path}/tiles/0/0_0.webp?coarse").status_code == 200

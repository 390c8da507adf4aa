"""Tests for `gapjunction.review.routes`, `more_routes`, `entrance` and `access`."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from gapjunction.choices import EXCLUDED
from gapjunction.measurement.region_files import read_drawn, regions_in
from gapjunction.review.access import MOST_BYTES
from gapjunction.review.reviewed import Review
from review_cases import box, image_of, operate
from review_client import OURS, PORT, client_of

FROM_OURS = {"Origin": OURS}


def post(client: TestClient, path: str, body: Any, **headers: str) -> Any:
    return client.post(path, content=json.dumps(body), headers=FROM_OURS | headers)


def draw(review: Review, **what: Any) -> dict[str, Any]:
    return {"id": "op1", "image": image_of(review).id, "kind": "draw", "box": box()} | what


def test_token__first_time__lets_in_and_never_again(review: Review) -> None:
    client, sessions = client_of(review)
    answer = client.get(f"/?token={sessions.token}", follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    other = TestClient(client.app, base_url=OURS)
    assert other.get(f"/?token={sessions.token}").status_code == 403


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/api/session", "/api/queue"])
def test_without_a_session__everything__is_refused(review: Review, path: str) -> None:
    client, _ = client_of(review)
    assert client.get(path).status_code == 403


def test_password__right__lets_in_and_wrong_does_not(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gapjunction.review.access.WRONG_PASSWORD_S", 0)
    client, _ = client_of(review, "k&y=über 1")
    wrong = client.post("/login", data={"password": "k"}, headers=FROM_OURS)
    assert wrong.status_code == 403
    assert 'type="password"' in wrong.text
    client.post("/login", data={"password": "k&y=über 1"}, headers=FROM_OURS)
    assert client.get("/api/session").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({}, 403),
        ({"Origin": OURS, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": OURS, "Host": "evil.example"}, 421),
        ({"Origin": OURS, "Host": f"evil.example:{PORT}"}, 421),
        ({"Origin": OURS, "Host": "127.0.0.1:1"}, 421),
    ],
)
def test_operation__of_another_page__is_refused_and_logged(
    review: Review,
    client: TestClient,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
    status: int,
) -> None:
    answer = client.post("/api/operations", content=json.dumps(draw(review)), headers=headers)
    assert answer.status_code == status
    assert "refused POST /api/operations" in caplog.text
    assert len(review.state(image_of(review)).boxes) == 3


def test_get__of_another_name__is_refused(client: TestClient) -> None:
    assert client.get("/api/session", headers={"Host": f"rebound:{PORT}"}).status_code == 421


@pytest.mark.parametrize(
    "path",
    [
        "/static/../routes.py",
        "/static/%2e%2e/routes.py",
        "/static/..%2f..%2fcli.py",
        "/static//etc/passwd",
        "/static/index.html/..%2f../routes.py",
        "/api/images/../../etc/passwd",
        "/api/images/..%2f..%2fetc%2fpasswd",
        "/api/images/%2e%2e/tiles/0/0_0.webp",
        "/api/images/x/figure.png",
        "/api/export/..%2fdata.zip",
    ],
)
def test_path__with_dots_or_of_nothing__gives_no_file(client: TestClient, path: str) -> None:
    assert client.get(path).status_code in (400, 404)


def test_body__longer_than_allowed__is_refused_by_its_header(client: TestClient) -> None:
    answer = client.post("/api/operations", content=b"x" * (MOST_BYTES + 1), headers=FROM_OURS)
    assert answer.status_code == 413


def test_body__in_pieces_without_end__is_refused_early(client: TestClient) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 100_000
            yield b"x" * 100_000

    answer = client.post("/api/operations", content=pieces(), headers=FROM_OURS)
    assert answer.status_code == 413


@pytest.mark.parametrize("body", ["", "[", "[]", "{}", '{"id": "a", "id": "b"}', '"\\ud800"'])
def test_operation__no_sense__is_one_line(client: TestClient, body: str) -> None:
    answer = client.post("/api/operations", content=body, headers=FROM_OURS)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"box": {"id": "../x", "box": [1, 1, 5, 5], "label": 0}},
        {"box": {"id": "b", "box": [5, 5, 5, 9], "label": 0}},
        {"box": {"id": "b", "box": [1, 1, 5, 1e300], "label": 0}},
        {"box": {"id": "b", "box": [1000, 1, 1005, 9], "label": 0}},
        {"box": {"id": "b", "box": [1, 1, 5, 9], "label": 7}},
        {"box": {"id": "b", "box": [1, 1, 5], "label": 0}},
        {"image": "../../etc/passwd"},
        {"kind": "format"},
        {"id": "../op"},
        {"further": 1},
    ],
)
def test_operation__wrong_value__changes_nothing(
    review: Review, client: TestClient, change: dict[str, Any]
) -> None:
    assert post(client, "/api/operations", draw(review) | change).status_code == 400
    assert not (review.opened.root / ".review" / "Ana.jsonl").exists()


def test_operation__drawn_box__is_told_and_in_the_image(review: Review, client: TestClient) -> None:
    answer = post(client, "/api/operations", draw(review)).json()
    assert [each["by"] for each in answer["boxes"]] == ["Ana"]
    image = client.get(f"/api/images/{image_of(review).id}").json()
    assert image["sequence"] == answer["sequence"]
    assert [each["id"] for each in image["boxes"]][-1] == "new"
    assert image["history"] == [{"id": "op1", "kind": "draw", "undone": False}]


def test_operation__collision__tells_theirs(review: Review, client: TestClient) -> None:
    found = review.state(image_of(review)).boxes[0]
    moved = {"kind": "change", "box": box(found.id, 30)}
    post(client, "/api/operations", draw(review) | moved | {"window": "a"})
    answer = post(client, "/api/operations", draw(review) | moved | {"window": "b", "id": "op2"})
    assert answer.status_code == 409
    assert (answer.json()["by"], answer.json()["theirs"][0]["box"][0]) == ("Ana", 30)


def test_note__with_html__is_text_in_json(review: Review, client: TestClient) -> None:
    html = "<img src=x onerror=alert(1)>"
    post(client, "/api/operations", draw(review) | {"kind": "note", "box": None, "note": html})
    answer = client.get(f"/api/images/{image_of(review).id}")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["note"] == html


def test_headers__of_any_answer__forbid_what_is_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/api/session", "/api/images/none"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_session__of_a_dataset__names_classes(client: TestClient) -> None:
    session = client.get("/api/session").json()
    assert session["classes"] == [{"index": 0, "name": "gap_junction", "color": "#4EF8FF"}]
    assert (session["annotator"], session["kind"], session["threshold"]) == ("Ana", "dataset", 0.4)


def test_queue__predicted_image__comes_first_and_says_why(client: TestClient) -> None:
    images = client.get("/api/queue").json()["images"]
    assert [each["state"] for each in images] == ["untouched"] + ["done"] * 5
    assert (images[0]["boxes"], images[0]["count"]) == (3, 2)
    assert images[0]["why"].startswith("widest interval")


def test_export__tables_and_dataset__hold_what_was_done(review: Review, client: TestClient) -> None:
    operate(review, "draw", box=box())
    objects = client.get("/api/export/objects.csv").text.splitlines()
    assert sum(",Ana,person,1" in line for line in objects) == 1
    counts = client.get("/api/export/counts.csv").text.splitlines()
    assert any(",gap_junction,3," in line and line.endswith("begun") for line in counts)
    assert client.get("/api/export/dataset.zip").content[:2] == b"PK"


def test_export__regions__are_those_of_the_roi_option(
    review: Review, client: TestClient, tmp_path: Path
) -> None:
    drawn = {
        "cortex": ("include", ((0, 0), (20, 0), (20, 10), (0, 10))),
        "": ("exclude", ((0, 0), (5, 0), (5, 10), (0, 10))),
    }
    for name, (kind, points) in drawn.items():
        drawn_region = {"id": kind, "name": name, "kind": kind, "points": points}
        operate(review, "region", region=drawn_region)
    (tmp_path / "regions.zip").write_bytes(client.get("/api/export/regions.zip").content)
    with zipfile.ZipFile(tmp_path / "regions.zip") as archive:
        archive.extractall(tmp_path / "regions")
    [path] = (tmp_path / "regions").iterdir()
    assert path.name == f"{image_of(review).named.name}.geojson"
    [region] = regions_in(read_drawn([path]), 64, 80, EXCLUDED)
    assert (region.name, region.num_px) == ("cortex", 150)


def test_figure__svg_and_png__show_boxes_and_scale(review: Review, client: TestClient) -> None:
    path = f"/api/images/{image_of(review).id}/figure"
    svg = client.get(f"{path}.svg?x1=0&y1=0&x2=80&y2=64").text
    assert svg.count("<rect") == 3  # two boxes and the bar
    assert "1 µm" in svg
    assert client.get(f"{path}.png").content[1:4] == b"PNG"
    for query in ("x1=900&x2=950", "x1=inf", "x1=a", "threshold=nan", "c=0"):
        assert client.get(f"{path}.png?{query}").status_code == 400


def test_agreement__dataset_with_itself__is_full(client: TestClient) -> None:
    answer = client.get("/api/agreement?a=dataset&b=dataset").json()
    assert (answer["images"], answer["f1"], answer["bias"]) == (5, 1, 0)
    assert client.get("/api/agreement?a=dataset&b=nobody").status_code == 400


def test_training__none_yet__is_idle(client: TestClient) -> None:
    assert client.get("/api/train").json()["state"] == "idle"
    plan = client.get("/api/train/plan").json()
    assert plan["images"] + 2 * len(plan["kept_for_testing"]) in (5, 6)

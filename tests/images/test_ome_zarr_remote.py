"""Tests of OME-Zarr images on the web and in S3, served by this machine."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gapjunction.commands.predict.command import run
from gapjunction.commands.predict.config import PredictConfig
from gapjunction.errors import ImageError
from gapjunction.images.microscope_files import opened_scenes, read_chosen
from gapjunction.images.plane_choice import NOTHING_CHOSEN
from gapjunction.images.region import Region
from gapjunction.images.zarr_state import metadata_state
from whole_commands import content
from zarr_samples import write_ome_zarr

pytest.importorskip("zarr", reason='comes with pip install ".[zarr]"')
s3fs = pytest.importorskip("s3fs", reason='comes with pip install ".[remote]"')
moto = pytest.importorskip("moto.server", reason='comes with pip install ".[dev]"')

BUCKET = "slides"
KEYS = {
    "AWS_ACCESS_KEY_ID": "any",
    "AWS_SECRET_ACCESS_KEY": "any",
    "AWS_DEFAULT_REGION": "us-east-1",
}


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Leave out what would be printed of each request."""


def sparse() -> np.ndarray:
    """Return an image of which one chunk of 32 px is not fill."""
    pixels = np.zeros((96, 96), np.uint16)
    pixels[40:60, 70:90] = np.arange(400).reshape(20, 20)
    return pixels


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    served = tmp_path_factory.mktemp("served")
    write_ome_zarr(served / "a.zarr", sparse())
    return served


@pytest.fixture(scope="module")
def web(folder: Path) -> Iterator[str]:
    """Give the address of a web server of the folder."""
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def s3(folder: Path) -> Iterator[str]:
    """Give the address of a bucket with the folder's files, on a server that speaks S3.

    There is one for all tests: fsspec keeps the first connection until the program ends.
    """
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (KEYS | {"AWS_ENDPOINT_URL": f"http://{host}:{port}"}).items():
            patch.setenv(name, value)
        system = s3fs.S3FileSystem()
        system.mkdir(BUCKET)
        system.put(str(folder / "a.zarr"), f"{BUCKET}/a.zarr", recursive=True)
        yield f"s3://{BUCKET}"
    server.stop()


def test_read_chosen__on_the_web__is_the_image(web: str) -> None:
    found = read_chosen(Path(f"{web}/a.zarr"), NOTHING_CHOSEN)
    np.testing.assert_array_equal(found[0], sparse())


def test_is_stored__on_the_web__where_nobody_can_tell__is_everything(web: str) -> None:
    with opened_scenes(Path(f"{web}/a.zarr")) as (scene,):
        assert scene.levels[0].is_stored(0, 0, 0, Region(0, 0, 32, 32))


def test_read_chosen__in_s3__is_the_image(s3: str) -> None:
    found = read_chosen(Path(f"{s3}/a.zarr"), NOTHING_CHOSEN)
    np.testing.assert_array_equal(found[0], sparse())


def test_is_stored__in_s3__tells_which_chunks_are(s3: str) -> None:
    with opened_scenes(Path(f"{s3}/a.zarr")) as (scene,):
        is_stored = scene.levels[0].is_stored
        assert is_stored(0, 0, 0, Region(65, 40, 70, 50))
        assert not is_stored(0, 0, 0, Region(0, 0, 32, 32))


def test_metadata_state__in_s3_and_on_the_web__is_the_same_for_the_same_content(
    web: str, s3: str
) -> None:
    of_web, of_s3 = (metadata_state(Path(f"{place}/a.zarr")) for place in (web, s3))
    assert of_web == of_s3 != (0, 0)


def test_read_chosen__not_in_the_bucket__is_one_line_with_the_address(s3: str) -> None:
    with pytest.raises(ImageError, match=r"^s3://slides/b\.zarr: .* nothing there") as caught:
        read_chosen(Path(f"{s3}/b.zarr"), NOTHING_CHOSEN)
    assert "\n" not in str(caught.value)


def test_read_chosen__not_on_the_web__is_one_line_with_the_address(web: str) -> None:
    with pytest.raises(ImageError, match=rf"^{web}/b\.zarr: .* nothing there"):
        read_chosen(Path(f"{web}/b.zarr"), NOTHING_CHOSEN)


def test_predict__in_s3__is_finished_the_second_time(s3: str, tmp_path: Path) -> None:
    address = f"{s3}/a.zarr"
    config = PredictConfig(
        input=Path(address), output=tmp_path / "out", region="0,0,96,96", num_gpus=0, scale=1
    )
    assert run(config).num_images == 1
    assert run(config).num_skipped == 1
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["input"] == address


@pytest.mark.long
@pytest.mark.parametrize("region", [None, "0,0,96,96"])
def test_predict__on_the_web_and_a_cluster__leaves_the_same_bytes(
    web: str, tmp_path: Path, region: str | None
) -> None:
    pytest.importorskip("distributed", reason='comes with pip install ".[cluster]"')
    config = PredictConfig(
        input=Path(f"{web}/a.zarr"), output=tmp_path / "alone", region=region, num_gpus=0, scale=1
    )
    run(config)
    run(config.but(output=tmp_path / "together", cluster="local:1"))
    assert content(tmp_path / "together") == content(tmp_path / "alone")


@pytest.mark.long
def test_predict__no_credentials__is_one_line_and_code_2(s3: str, tmp_path: Path) -> None:
    nowhere = {"AWS_SHARED_CREDENTIALS_FILE": "/nowhere", "AWS_CONFIG_FILE": "/nowhere"}
    env = {name: value for name, value in os.environ.items() if name not in KEYS}
    address, output = f"{s3}/a.zarr", str(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-m", "gapjunction", "predict", address, "--output", output],
        check=False,
        capture_output=True,
        text=True,
        env=env | nowhere | {"AWS_EC2_METADATA_DISABLED": "true"},
    )
    assert done.returncode == 2
    last = done.stderr.strip().splitlines()[-1]
    assert address in last
    assert "check the address, the network and the credentials" in last

"""Settings of all tests."""

import os
from collections.abc import Iterator

import pytest
import torch
from hypothesis import settings

# The networks of tests are tiny: sharing them among threads costs more than it saves.
torch.set_num_threads(1)

# A busy machine is no failure: no example has a deadline. `make test-slow` tries many more.
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=300, deadline=None)
settings.load_profile("quick")


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """Leave written files to the system: no test cuts the power, and each file waits for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def shared_onnx_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep ONNX files out of the user's cache, and share them between tests: they take seconds."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gapjunction.models.onnx_cache.cache_folder", lambda: folder / "onnx")
        yield

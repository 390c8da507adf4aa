"""Tests for `gapjunction.optional_packages`, and for what works without the extras."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gapjunction.errors import ConfigError
from gapjunction.optional_packages import import_optional, missing_package

WITHOUT_EXTRAS = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"accelerate", "alembic", "mlflow", "transformers"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from gapjunction import cli
sys.exit(cli.run(sys.argv[1:]))
"""


def run_without_extras(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as it runs where only the package and what it always needs is installed."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


@pytest.mark.slow
def test_predict__without_extras__counts(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(tmp_path / "a.png")
    done = run_without_extras("predict", "a.png", "--output", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "counts.csv").is_file()


@pytest.mark.slow
def test_train__without_its_extra__is_one_line_that_says_what_to_install(tmp_path: Path) -> None:
    done = run_without_extras("train", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "gapjunction: training, and the networks of the DINO presets: expected the package "
        'accelerate, found that it is not installed; pip install "gapjunction[train]", or in the '
        'repository pip install ".[train]"'
    ]


def test_import_optional__package_that_is_not_there__names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ConfigError, match=r'ONNX files: .*pip install "gapjunction\[onnx\]"'):
        import_optional("onnx")
    assert import_optional("onnxruntime") is import_module("onnxruntime")


def test_missing_package__error_of_another_kind_or_package__is_none() -> None:
    assert missing_package(RuntimeError("a bug")) is None
    assert missing_package(ModuleNotFoundError("No module named 'nosuch'", name="nosuch")) is None


def test_missing_package__package_of_an_extra__is_the_users_line() -> None:
    found = missing_package(ModuleNotFoundError("No module named 'mlflow'", name="mlflow"))
    assert "logging to MLflow: expected the package mlflow" in str(found)

"""Tests for the names that `import gapjunction` gives."""

import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

import gapjunction as gj
from builders import build_dataset
from gapjunction.errors import ConfigError
from gapjunction.prediction.model import Model

ROOT = Path(__file__).parents[1]


def test_all__names__are_sorted_there_and_listed() -> None:
    assert gj.__all__ == sorted(gj.__all__)
    assert all(hasattr(gj, name) for name in gj.__all__)
    assert set(gj.__all__) <= set(dir(gj))
    assert gj.Model is Model


def test_getattr__unknown_name__is_pythons_own_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Modle'"):
        gj.Modle  # noqa: B018


def test_import__alone__loads_neither_torch_nor_numpy() -> None:
    heavy = "torch", "numpy", "pandas", "matplotlib", "pydantic", "scipy"
    code = f"import sys, gapjunction; print([m for m in {heavy!r} if m in sys.modules])"
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"


def test_read_datasets__one_path_as_text__is_read(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "a")
    assert [dataset.name for dataset in gj.read_datasets(str(root))] == ["a"]


def test_readme__lines_for_a_notebook__print_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mpl.use("agg")
    monkeypatch.chdir(ROOT)
    _, block = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")
    code = block.split("```")[0]
    exec(code, {})  # noqa: S102 - what we tell people to run
    (line,) = (line for line in code.splitlines() if line.startswith("print"))
    assert capsys.readouterr().out.strip() == line.split("# ")[1]


def test_predict__dataset__writes_counts(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "a", num_assets=1, images_per_asset=1)
    result = gj.predict(str(root), tmp_path / "out", num_gpus=0)
    assert result.num_images == 1
    assert (tmp_path / "out" / "counts.csv").is_file()


@pytest.mark.parametrize(
    ("option", "named"), [({"treshold": 0.5}, "treshold"), ({"threshold": 2}, "threshold")]
)
def test_predict__wrong_option__is_named(
    tmp_path: Path, option: dict[str, float], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        gj.predict(tmp_path, tmp_path / "out", **option)


def test_predict__output_among_the_assets_of_a_dataset__is_refused(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    with pytest.raises(ConfigError, match="outside of the assets of a dataset"):
        gj.predict(root, root / "Assets" / "found")
    assert not (root / "Assets" / "found").exists()

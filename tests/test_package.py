"""Tests of what is released: the source archive, the wheel that is built from it, the image."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from builders import simulated_blobs
from gapjunction.version import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "src")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source archive, built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("sources")
    unneeded = shutil.ignore_patterns("*.egg-info", "__pycache__")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=unneeded)
        else:
            shutil.copy(ROOT / name, folder)
    return folder / "dist" / built("sdist", folder)


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from nothing but the source archive."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    (sources,) = folder.iterdir()
    return sources / "dist" / built("wheel", sources)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of a clean environment with the wheel, and the packages of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True, symlinks=True)
    programs = folder / "bin"
    run(programs / "python", "-m", "pip", "install", "--no-deps", "--no-index", str(wheel))
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "shared.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return programs


def built(kind: str, folder: Path) -> str:
    """Build into `dist` of a folder with sources; return the name of the file."""
    call = f"from setuptools import build_meta; print(build_meta.build_{kind}('dist'))"
    return run(sys.executable, "-c", call, cwd=folder).splitlines()[-1]


def run(*command: Path | str, cwd: Path | None = None) -> str:
    """Return what a command prints, without the sources of this checkout on its path."""
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env=without, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def another_python(version: str) -> Path | None:
    """Return an interpreter of this version, on the path or of pyenv, that works."""
    name = f"python{version}"
    of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/{name}"))
    on_path = shutil.which(name)
    for path in [*([Path(on_path)] if on_path else []), *of_pyenv]:
        if subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


@pytest.mark.long
def test_wheel__files__are_those_of_the_sources(wheel: Path) -> None:
    package = ROOT / "src" / "gapjunction"
    files = [each for each in package.rglob("*") if each.is_file() and each.suffix != ".pyc"]
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if name.startswith("gapjunction/")}
    assert held == {each.relative_to(package.parent).as_posix() for each in files}


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="programs are elsewhere in environments of Windows")
def test_wheel__in_a_clean_environment__predicts(installed: Path, tmp_path: Path) -> None:
    where = "import gapjunction; print(gapjunction.__file__)"
    home = Path(run(installed / "python", "-c", where, cwd=tmp_path).strip())
    assert home.is_relative_to(installed.parent)
    assert run(installed / "gapjunction", "--version").strip() == f"gapjunction {__version__}"
    assert "predict" in run(installed / "gapjunction", "--help")
    Image.fromarray(np.tile(simulated_blobs()[0, :64, :64], (2, 2))).save(tmp_path / "a.png")
    options = ("--output", "out", "--scale", "1", "--num_gpus", "0")
    assert run(installed / "gapjunction", "predict", "a.png", *options, cwd=tmp_path).startswith(
        "1 image: "
    )


@pytest.mark.long
@pytest.mark.parametrize("version", [pytest.param("3.12", marks=pytest.mark.slow), "3.13"])
def test_wheel__in_another_python_with_what_it_needs__predicts(
    version: str, wheel: Path, tmp_path: Path
) -> None:
    python = another_python(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    run(python, "-m", "venv", tmp_path / "environment")
    programs = tmp_path / "environment" / "bin"
    run(programs / "python", "-m", "pip", "install", "--quiet", str(wheel))
    Image.fromarray(np.tile(simulated_blobs()[0, :64, :64], (2, 2))).save(tmp_path / "a.png")
    options = ("--output", "out", "--scale", "1", "--num_gpus", "0")
    told = run(programs / "gapjunction", "predict", "a.png", *options, cwd=tmp_path)
    assert told.startswith("1 image: ")
    tables = "import gapjunction as gj; gj.Model.load().find(gj.read_image('a.png')).to_pandas()"
    run(programs / "python", "-c", tables, cwd=tmp_path)


def test_version__everywhere__is_that_of_the_code() -> None:
    assert "version" in PROJECT["dynamic"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == __version__
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changes, flags=re.MULTILINE)[0] == __version__


def test_dockerfile__what_it_copies_and_runs__is_there() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if re.match(r"COPY (?!--from)", line)]
    assert copied
    assert all((ROOT / name).exists() for names in copied for name in names)
    assert 'ENTRYPOINT ["gapjunction"]' in lines
    assert "gapjunction" in PROJECT["scripts"]


def test_dockerfile__extras__are_those_of_the_package() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (extras,) = re.findall(r"\[([\w,]+)\]\"", text)
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])

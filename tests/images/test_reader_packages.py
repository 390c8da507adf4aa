"""Tests for `gapjunction.images.reader_packages`."""

import sys
from pathlib import Path

import pytest

from gapjunction.errors import ImageError
from gapjunction.images.reader_packages import ReaderPackage, load_reader, require_python

FILE = Path("a.czi")


def test_load_reader__not_installed__names_the_extra_in_one_line() -> None:
    with pytest.raises(ImageError) as caught:
        load_reader(ReaderPackage("no_such_package", "czi", "CZI"), FILE)
    assert str(caught.value) == (
        "a.czi: expected the package no_such_package, which reads CZI files, found it is not "
        'installed; pip install ".[czi]" in the repository, or pip install no_such_package'
    )


def test_load_reader__package_that_lacks_another__is_our_mistake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_installed.py").write_text("import no_such_package\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        load_reader(ReaderPackage("half_installed", "czi", "CZI"), FILE)


def test_load_reader__too_new__names_the_version_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rewritten.py").write_text('__version__ = "2026.10.14"\n')
    monkeypatch.syspath_prepend(tmp_path)
    package = ReaderPackage("rewritten", "czi", "CZI", before=2026)
    with pytest.raises(ImageError, match=r'found version 2026\.10\.14.*"rewritten<2026"'):
        load_reader(package, FILE)


def test_require_python__new_enough__says_nothing() -> None:
    require_python(*sys.version_info[:2], "oirfile", FILE)


def test_require_python__too_old__names_the_version() -> None:
    with pytest.raises(ImageError, match=r"Python 4\.0 or later"):
        require_python(4, 0, "oirfile", FILE)

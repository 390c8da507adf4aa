"""The optional packages that read one kind of microscope file each."""

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from gapjunction.errors import ImageError


@dataclass(frozen=True, slots=True)
class ReaderPackage:
    """A package that reads files of one kind.

    Attributes:
        extra: the extra of this package that brings it.
        before: the first version, by its first number, that is too new; None if none is.
    """

    name: str
    extra: str
    kind: str
    before: int | None = None

    @property
    def requirement(self) -> str:
        """What to tell pip."""
        return self.name if self.before is None else f'"{self.name}<{self.before}"'


def load_reader(package: ReaderPackage, path: Path) -> ModuleType:
    """Return the module that reads files such as `path`.

    Raises:
        ImageError: if it is not installed or too new, naming the extra that brings it.
    """
    try:
        module = import_module(package.name)
    except ModuleNotFoundError as error:
        if error.name != package.name:
            raise
        found = "it is not installed"
    else:
        installed = str(getattr(module, "__version__", ""))
        if package.before is None or int(installed.split(".", maxsplit=1)[0] or 0) < package.before:
            return module
        found = f"version {installed}, which is read in another way"
    raise ImageError(
        path,
        expected=f"the package {package.name}, which reads {package.kind} files",
        found=found,
        fix=f'pip install ".[{package.extra}]" in the repository, or pip install '
        f"{package.requirement}",
    )


def require_python(major: int, minor: int, package: str, path: Path) -> None:
    """Refuse to look for a package that this version of Python cannot have.

    Raises:
        ImageError: if Python is older.
    """
    if sys.version_info < (major, minor):
        raise ImageError(
            path,
            expected=f"Python {major}.{minor} or later, which the package {package} needs",
            found=f"Python {sys.version_info.major}.{sys.version_info.minor}",
            fix="install gapjunction there, or export the image as OME-TIFF",
        )

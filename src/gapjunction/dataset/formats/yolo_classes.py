"""Class names of YOLO datasets: in data.yaml, classes.txt or obj.names."""

from collections.abc import Iterator
from pathlib import Path

from gapjunction.dataset.formats.image_files import files_in
from gapjunction.dataset.formats.source import Source
from gapjunction.dataset.formats.yolo_scores import COLUMNS_KEY, stated_columns
from gapjunction.errors import DatasetError
from gapjunction.outside_text import read_text, read_yaml

CLASSES_YAML, CLASSES_TEXT = "data.yaml", "classes.txt"
ClassNames = tuple[list[str], list[str] | None]  # with the columns of label files, if stated


def read_class_names(source: Source) -> ClassNames:
    """Return the names in data.yaml (another .yaml will do), classes.txt or obj.names.

    With them come the columns of label files, if data.yaml says them.

    Raises:
        DatasetError: if there are none, one is wrong, or files have them in different orders.
    """
    found = list(_all_class_names(source.folder))
    if not found:
        raise DatasetError(
            source.folder,
            expected=f"class names in {CLASSES_YAML}, {CLASSES_TEXT} or obj.names",
            found="none of these",
            fix='write "names: [gap_junction]" with your classes, in order, into data.yaml',
        )
    first, class_names = found[0]
    for path, (names, _) in found[1:]:
        if any(own != other for own, other in zip(names, class_names[0], strict=False)):
            raise DatasetError(
                path,
                expected=f"the class names of {first.relative_to(source.folder)}, in their order",
                found=", ".join(names)[:60],
                fix="delete the list that the label files do not go by",
            )
    return class_names


def _all_class_names(root: Path) -> Iterator[tuple[Path, ClassNames]]:
    for path in files_in(root, (".yaml", ".yml")):
        content = read_yaml(path, fix="correct it")
        if not isinstance(content, dict) or content.get("names") is None:
            continue
        if content.get("kpt_shape") is not None:
            found, fix = "key points (kpt_shape)", "export boxes or outlines"
            raise DatasetError(path, expected="boxes or outlines", found=found, fix=fix)
        columns = stated_columns(content.get(COLUMNS_KEY), path)
        yield path, (_listed(content["names"], path), columns)
    for path in files_in(root, (".txt", ".names")):
        if path.name == CLASSES_TEXT or path.suffix.lower() == ".names":
            lines = (line.strip() for line in read_text(path).splitlines())
            yield path, ([line for line in lines if line], None)


def _listed(names: object, path: Path) -> list[str]:
    if isinstance(names, dict) and list(map(str, names)) == list(map(str, range(len(names)))):
        names = list(names.values())
    if not isinstance(names, list) or not names or len(set(map(str, names))) < len(names):
        raise DatasetError(
            path,
            item="names",
            expected="a list of different names, or a mapping from 0, 1, 2, ...",
            found=repr(names)[:60],
            fix="correct the class names",
        )
    strange = [name for name in names if type(name) not in (str, int)]
    if strange:
        raise DatasetError(
            path,
            item="names",
            expected="names as text",
            found=f"{strange[0]!r}, which YAML makes of a word or number without quotes",
            fix="put the class names in quotes",
        )
    return [str(name) for name in names]

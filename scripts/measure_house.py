"""Measure how the code is laid out: sizes, circles, what an import and a prediction cost.

Run it as `python scripts/measure_house.py`, or with the root of another checkout of this
repository to compare: both are measured with this script and this Python.
"""

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).parents[1]
PACKAGE = "gapjunction"
# Counts how often one file is opened while a command runs in the same process.
COUNT_OPENS = """
import os, sys
opened = 0
name = os.path.basename(sys.argv[1])
def watch(event, arguments):
    global opened
    is_path = event == "open" and isinstance(arguments[0], str | os.PathLike)
    opened += is_path and os.path.basename(os.fspath(arguments[0])) == name
sys.addaudithook(watch)
from gapjunction.cli import run
run(["predict", sys.argv[1], "--output", sys.argv[2], "--num_gpus", "0"])
sys.stdout.write(f"\\nOPENS {opened}\\n")
"""
COUNT_NAMES = f"import {PACKAGE} as g; print(len(getattr(g, '__all__', ['__version__'])))"


def main() -> None:
    """Print a Markdown table of the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, nargs="?", default=ROOT, help="of a checkout")
    root = parser.parse_args().root.absolute()
    lines = ["| figure | value |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in measure(root).items()]
    sys.stdout.write("\n".join(lines) + "\n")


def measure(root: Path) -> dict[str, str]:
    """Return each figure of a checkout, as text."""
    source = root / "src" / PACKAGE
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in source.rglob("*.py")}
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in trees]
    folders = Counter(path.parent for path in trees if path.name != "__init__.py")
    widest, width = folders.most_common(1)[0]
    functions = [length for tree in trees.values() for length in _function_lengths(tree)]
    circles = _in_circles(_imports(trees, source))
    return {
        "files, lines": f"{len(trees):,}, {sum(lengths):,}",
        "lines of a file: median, 90th percentile, largest": _spread(lengths),
        "functions": f"{len(functions):,}",
        "lines of a function: median, 90th percentile, largest": _spread(functions),
        "widest folder": f"{widest.relative_to(source.parent)}, {width} files",
        "modules in circles, those for type checkers included": str(len(circles)),
        "public names of `import gapjunction`": _printed(root, "-c", COUNT_NAMES).strip(),
        "opens of a PNG in a `predict`": _opens(root),
        '`python -X importtime -c "import gapjunction"`, ms': _import_ms(root),
    }


def _spread(values: list[int]) -> str:
    median, high = np.percentile(values, (50, 90))
    return f"{median:.0f}, {high:.0f}, {max(values)}"


def _function_lengths(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of each function's body, without its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_docstring = ast.get_docstring(node, clean=False) is not None
            body = node.body[1:] if has_docstring and len(node.body) > 1 else node.body
            yield (body[-1].end_lineno or 0) - body[0].lineno + 1


def _imports(trees: Mapping[Path, ast.Module], source: Path) -> dict[str, set[str]]:
    """Return the modules that each module imports anywhere, but for the face's lazy ones."""
    names = {path: _module_name(path, source) for path in trees}
    known = set(names.values())
    imports: dict[str, set[str]] = {}
    for path, tree in trees.items():
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= (inner & known) or ({node.module} & known)
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names} & known
        imports[names[path]] = set() if names[path] == PACKAGE else found - {names[path]}
    return imports


def _module_name(path: Path, source: Path) -> str:
    parts = path.relative_to(source.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _in_circles(imports: Mapping[str, set[str]]) -> set[str]:
    """Return the modules from which a way of imports leads back to themselves."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(imports[start])
        while waiting:
            module = waiting.pop()
            if module not in seen:
                seen.add(module)
                waiting += imports[module]
        return seen

    return {module for module in imports if module in reached(module)}


def _printed(root: Path, *arguments: str, of_errors: bool = False) -> str:
    """Return what Python prints with the sources of this checkout."""
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    ended = subprocess.run(  # noqa: S603 - this Python, with code of ours
        [sys.executable, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stderr if of_errors else ended.stdout


def _opens(root: Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "field.png"
        rng = np.random.default_rng(0)
        Image.fromarray(rng.integers(0, 60, (512, 512), np.uint8)).save(path)
        printed = _printed(root, "-c", COUNT_OPENS, str(path), str(Path(folder) / "out"))
    return printed.rsplit("OPENS", 1)[1].strip()


def _import_ms(root: Path) -> str:
    lines = _printed(root, "-X", "importtime", "-c", f"import {PACKAGE}", of_errors=True)
    (own,) = (line for line in lines.splitlines() if line.rsplit("|", 1)[1].strip() == PACKAGE)
    return f"{int(own.split('|')[1]) / 1000:.1f}"


if __name__ == "__main__":
    main()

"""The notebook in the documentation runs, and prints what it shows."""

import json
from typing import Any

import matplotlib as mpl
import pytest

from docs_blocks import DOCS, working_in

NOTEBOOK = DOCS / "notebook.ipynb"
BYTES_ALLOWED = 20_000


def code_cells() -> list[dict[str, Any]]:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


@pytest.mark.slow
def test_notebook__cells__print_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    mpl.use("agg")
    names: dict[str, Any] = {}
    with working_in(DOCS):
        for cell in code_cells():
            exec("".join(cell["source"]), names)  # noqa: S102 - what we tell people to run
            shown = "".join(line for output in cell["outputs"] for line in output["text"])
            assert capsys.readouterr().out == shown
    assert list(names["table"]["class"]) == ["gap_junction"] * 29
    assert len(names["axes"].get_lines()) >= 2  # what is found, what is annotated


def test_notebook__file__is_small_and_has_text_alone() -> None:
    assert NOTEBOOK.stat().st_size < BYTES_ALLOWED
    kinds = {output["output_type"] for cell in code_cells() for output in cell["outputs"]}
    assert kinds == {"stream"}

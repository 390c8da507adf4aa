"""What is told of an asset beside the format's own fields: treatment, genotype, litter, animal."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from gapjunction.outside_text import parse_json

TABLE_FILE = Path("Arbitrary_Metadata") / "table.json"


def constant_cells(rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Return the columns that say one thing of an asset, in whichever of its rows they stand.

    Text, numbers and truth values count, as text; empty cells do not, and a column that differs
    between rows is left out.
    """
    seen: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str | int | float) and str(value).strip():
                seen.setdefault(str(name), set()).add(_text(value))
    return {name: values.pop() for name, values in seen.items() if len(values) == 1}


def kept_columns(folder: Path) -> dict[str, str]:
    """Return the further columns that `gapjunction create` kept of an asset's table.

    A file that is none of ours says nothing, as anything may lie there.
    """
    try:
        content = parse_json((folder / TABLE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return {}
    return constant_cells(rows)


def _text(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()

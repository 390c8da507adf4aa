"""The Markdown tables of `docs/benchmarks.md`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.methods import NAMES, REFERENCE
from bench.results import Result, result_of
from bench.scoring import score_set
from bench.sets import NEGATIVE, SETS
from gapjunction.files import write_text

BEGIN, END = "<!-- results begin -->", "<!-- results end -->"
NONE = "-"
PERCENT = 100


def write_into_page(page: Path, tables: str) -> None:
    """Put the tables between the two markers of a page, in the place of what is there.

    Raises:
        ValueError: if the page does not have both markers once each.
    """
    text = page.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{page} needs {BEGIN} and then {END}, once each")
    before, after = text[: text.index(BEGIN)], text[text.index(END) :]
    write_text(page, f"{before}{BEGIN}\n{tables.strip()}\n{after}")


def accuracy_tables(results: Sequence[Result], titles: Mapping[str, str]) -> str:
    """Return a table for each set with objects; `titles` names the methods."""
    return "\n\n".join(
        f"### {spec.title}\n\n{_accuracy_table(results, name, titles)}"
        for name, spec in SETS.items()
        if name != NEGATIVE and any(own.set_name == name for own in results)
    )


def cost_table(
    results: Sequence[Result],
    titles: Mapping[str, str],
    seconds: Mapping[str, float],
    peak_mb: Mapping[str, float],
) -> str:
    """Return what methods take, and what they find where there is nothing."""
    rows = []
    for name in _in_order(titles):
        negative = result_of(results, NEGATIVE, name)
        false = NONE if negative is None else f"{score_set(negative.images).false_per_image:.1f}"
        own_s, reference_s = seconds.get(name), seconds.get(REFERENCE)
        rows.append(
            (
                titles[name],
                NONE if own_s is None else f"{own_s:.2f}",
                f"{own_s / reference_s:.2f}" if own_s and reference_s else NONE,
                f"{peak_mb[name]:.0f}" if name in peak_mb else NONE,
                false,
            )
        )
    header = ("method", "seconds", "relative to LoG", "peak memory, MB", "false, no plaques")
    return markdown_table(header, rows)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table whose first column is text and whose others are numbers."""
    rule = ["---", *["--:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in (header, rule, *rows))


def _accuracy_table(results: Sequence[Result], set_name: str, titles: Mapping[str, str]) -> str:
    rows = []
    for name in _in_order(titles):
        result = result_of(results, set_name, name)
        if result is not None:
            score = score_set(result.images)
            rows.append(
                (
                    titles[name],
                    _number(score.f1_distance, 3),
                    _number(score.f1_iou, 3),
                    _number(score.count_mae, 1),
                    _number(score.count_mape, 1, PERCENT),
                )
            )
    header = ("method", "F1, center distance", "F1, IoU 0.5", "count MAE", "count MAPE, %")
    return markdown_table(header, rows)


def _number(value: float | None, digits: int, factor: float = 1) -> str:
    return NONE if value is None else f"{value * factor:.{digits}f}"


def _in_order(titles: Mapping[str, str]) -> list[str]:
    return [name for name in NAMES if name in titles]

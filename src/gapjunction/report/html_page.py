"""One HTML file that needs nothing else: text, tables and pictures, for the screen and for paper.

Everything that comes from outside is escaped here and nowhere else. The page forbids itself to
load anything, so that it shows the same from a disk, in a mail and in ten years.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template

from gapjunction.csv_tables import as_text_cell


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence or more."""

    text: str


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; the columns from `first_number` on, of numbers, are set to the right."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    first_number: int = 1


@dataclass(frozen=True, slots=True)
class Lines:
    """Text whose columns are aligned with spaces."""

    caption: str
    text: str


@dataclass(frozen=True, slots=True)
class PagePicture:
    """An encoded picture, with its text for those who cannot see it.

    Attributes:
        media_type: such as "image/png".
        is_half: True to show two beside each other.
    """

    caption: str
    alternative: str
    media_type: str
    content: bytes
    is_half: bool = False


Part = Paragraph | Points | Table | Lines | PagePicture


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading; one without parts is left out."""

    title: str
    parts: Sequence[Part]


_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #111; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin-bottom: 0; }
h2 { font-size: 1.25rem; margin-top: 2.5rem; border-bottom: 1px solid #767676; }
nav ul { padding-left: 1.2rem; }
a { color: #00507a; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .9rem; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid #111; }
tbody tr { border-bottom: 1px solid #ccc; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
pre { font-size: .85rem; overflow-x: auto; }
figure { margin: 1rem 0; }
figure img { max-width: 100%; height: auto; }
figcaption { font-size: .9rem; }
.half { display: inline-block; width: 48%; margin-right: 1%; vertical-align: top; }
@page { margin: 18mm; }
@media print {
  html { font-size: 9pt; }
  body { max-width: none; margin: 0; padding: 0; }
  nav { display: none; }
  h2, caption, p:has(+ ul), p:has(+ pre) { break-after: avoid; }
  pre { break-inside: avoid; }
  .half img { max-height: 92mm; }
  thead { display: table-header-group; }
  figure, tr { break-inside: avoid; }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; }
}
@media (max-width: 40rem) { .half { width: 100%; } }
</style>
</head>
<body>
<header><h1>$title</h1><p>$subtitle</p></header>
<nav aria-label="Contents"><ul>
$contents
</ul></nav>
<main>
$sections
</main>
</body>
</html>
""")


def render_page(title: str, subtitle: str, sections: Sequence[Section]) -> str:
    """Return the page as HTML; all texts are taken as plain text."""
    shown = [(f"part{number}", each) for number, each in enumerate(sections, 1) if each.parts]
    return _PAGE.substitute(
        title=escape(title),
        subtitle=escape(subtitle),
        contents="\n".join(
            f'<li><a href="#{name}">{escape(each.title)}</a></li>' for name, each in shown
        ),
        sections="\n".join(
            f'<section aria-labelledby="{name}">\n<h2 id="{name}">{escape(each.title)}</h2>\n'
            + "\n".join(_render(part) for part in each.parts)
            + "\n</section>"
            for name, each in shown
        ),
    )


def _render(part: Part) -> str:
    match part:
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Points(texts):
            return "<ul>\n" + "\n".join(f"<li>{escape(text)}</li>" for text in texts) + "\n</ul>"
        case Table():
            return _render_table(part)
        case Lines(caption, text):
            return f"<p>{escape(caption)}</p>\n<pre>{escape(text)}</pre>"
        case PagePicture():
            return _render_picture(part)


def _render_table(table: Table) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        shown = [
            f"<{tag}{_column(place, table, tag)}>{escape(_shown(cell, place, table, tag))}</{tag}>"
            for place, cell in enumerate(cells)
        ]
        return f"<tr>{''.join(shown)}</tr>"

    body = "\n".join(row(cells, "td") for cells in table.rows)
    return (
        f'<div class="scroll"><table>\n<caption>{escape(table.caption)}</caption>\n'
        f"<thead>{row(table.header, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _shown(cell: str, place: int, table: Table, tag: str) -> str:
    """Return a name so that no spreadsheet that the table is pasted into computes it."""
    is_number = tag == "td" and place >= table.first_number
    return cell if is_number else as_text_cell(cell)


def _column(place: int, table: Table, tag: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return scope + (' class="number"' if place >= table.first_number else "")


def _render_picture(picture: PagePicture) -> str:
    content = base64.b64encode(picture.content).decode("ascii")
    shape = ' class="half"' if picture.is_half else ""
    return (
        f'<figure{shape}><img src="data:{picture.media_type};base64,{content}" '
        f'alt="{escape(picture.alternative)}">\n'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )

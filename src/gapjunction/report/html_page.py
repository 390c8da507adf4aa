"""One HTML file that needs nothing else: text, tables and pictures, for the screen and for paper.

Everything that comes from outside is escaped here and nowhere else. The page forbids itself to
load anything, so that it shows the same from a disk, in a mail and in ten years.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from gapjunction.csv_tables import as_text_cell
from gapjunction.report.page_template import PAGE

SHORT_ROWS = 12  # tables of no more stay on one sheet of paper


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
    """An encoded picture, with its text for those who cannot see it. A click enlarges it.

    Attributes:
        media_type: such as "image/png".
        is_half: True to show two beside each other.
        files: the same as files of their own, by name; they are no part of the page.
    """

    caption: str
    alternative: str
    media_type: str
    content: bytes
    is_half: bool = False
    files: Mapping[str, bytes] = field(default_factory=dict)


Part = Paragraph | Points | Table | Lines | PagePicture


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page with a heading; one without parts is left out."""

    title: str
    parts: Sequence[Part]


def render_page(title: str, subtitle: str, sections: Sequence[Section]) -> str:
    """Return the page as HTML; all texts are taken as plain text."""
    shown = [(f"part{number}", each) for number, each in enumerate(sections, 1) if each.parts]
    return PAGE.substitute(
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
    shape = ' class="short"' if len(table.rows) <= SHORT_ROWS else ""
    return (
        f'<div class="scroll"><table{shape}>\n<caption>{escape(table.caption)}</caption>\n'
        f"<thead>{row(table.header, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _shown(cell: str, place: int, table: Table, tag: str) -> str:
    """Return a name so that no spreadsheet that the table is pasted into computes it."""
    is_number = tag == "td" and place >= table.first_number
    return cell if is_number else as_text_cell(cell)


def _column(place: int, table: Table, tag: str) -> str:
    is_head = tag == "th"
    scope = ' scope="col"' if is_head else f' data-title="{escape(table.header[place])}"'
    return scope + (' class="number"' if place >= table.first_number else "")


def _render_picture(picture: PagePicture) -> str:
    content = base64.b64encode(picture.content).decode("ascii")
    shape = ' class="half"' if picture.is_half else ""
    return (
        f'<figure{shape}><label class="picture"><input type="checkbox" aria-label="Enlarge">'
        f'<img src="data:{picture.media_type};base64,{content}" '
        f'alt="{escape(picture.alternative)}"></label>\n'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )

"""Tests for `gapjunction.report.html_page`."""

import re
from html.parser import HTMLParser

import pytest

from gapjunction.report.html_page import (
    Lines,
    PagePicture,
    Paragraph,
    Part,
    Points,
    Section,
    Table,
    render_page,
)

HOSTILE = "\"></td><script src='https://evil.example/x.js'>alert(1)</script> \"&$title"
VOID = {"meta", "img", "br", "hr", "link", "input"}


class PageReader(HTMLParser):
    """Collects texts and tags, and checks that every tag is closed by its own."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open_tags: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def page_with(*parts: Part) -> str:
    return render_page("Title", "Subtitle", [Section("Part", parts)])


PARTS: list[Part] = [
    Paragraph(HOSTILE),
    Points([HOSTILE]),
    Table(HOSTILE, [HOSTILE, "b"], [[HOSTILE, "1"]]),
    Lines(HOSTILE, HOSTILE),
    PagePicture(HOSTILE, HOSTILE, "image/png", b"pixels"),
]


@pytest.mark.parametrize("part", PARTS)
def test_render_page__hostile_text__stays_text(part: Part) -> None:
    reader = PageReader(page_with(part))
    assert reader.open_tags == []
    assert "script" not in {tag for tag, _ in reader.tags}
    shown = [HOSTILE in text for text in reader.texts]
    described = [attributes.get("alt") == HOSTILE for _, attributes in reader.tags]
    assert any(shown + described)


def test_render_page__hostile_titles__stay_text() -> None:
    reader = PageReader(render_page(HOSTILE, HOSTILE, [Section(HOSTILE, [Paragraph("")])]))
    assert reader.open_tags == []
    assert "script" not in {tag for tag, _ in reader.tags}
    assert reader.texts.count(HOSTILE) == 5  # title, heading, subtitle, contents, section


def test_render_page__everything_in_it__asks_for_nothing_outside() -> None:
    page = page_with(*(part for part in PARTS if not isinstance(part, Lines)))
    sources = [
        value
        for _, attributes in PageReader(page).tags
        for name, value in attributes.items()
        if name in ("src", "href", "action", "srcset", "poster", "data")
    ]
    assert sources == ["#part1", "data:image/png;base64,cGl4ZWxz"]
    assert not re.search(r"url\(|@import|<base|<link|<iframe", page)
    assert "default-src 'none'" in page


def test_render_page__section_without_parts__is_left_out() -> None:
    page = render_page("Title", "", [Section("Empty", []), Section("Full", [Paragraph("a")])])
    assert "Empty" not in page
    assert page.count(">Full<") == 2


def test_render_page__contents__lead_to_the_headings() -> None:
    tags = PageReader(page_with(Paragraph("a"))).tags
    targets = {attributes["href"] for tag, attributes in tags if tag == "a"}
    assert targets == {f"#{a['id']}" for tag, a in tags if tag == "h2"}


def test_render_page__numbers__are_set_to_the_right() -> None:
    tags = PageReader(page_with(Table("t", ["name", "n"], [["a", "1"]]))).tags
    assert [a.get("class") for tag, a in tags if tag == "td"] == [None, "number"]


def test_render_page__names_that_begin_formulas__are_text_where_they_are_pasted() -> None:
    table = Table("t", ["=name", "n"], [["@a", "-1.5"], ["-2", "-1 to 3"]])
    texts = PageReader(page_with(table)).texts
    assert {"'=name", "'@a", "-1.5", "-2", "-1 to 3"} <= set(texts)


def test_render_page__paper__has_its_own_style() -> None:
    assert "@media print" in page_with(Paragraph("a"))


def test_render_page__picture__is_enlarged_by_a_box_to_tick() -> None:
    page = page_with(PagePicture("c", "a", "image/png", b"pixels"))
    labels = [a for tag, a in PageReader(page).tags if tag == "label"]
    boxes = [a for tag, a in PageReader(page).tags if tag == "input"]
    assert [each["class"] for each in labels] == ["picture"]
    assert [each["type"] for each in boxes] == ["checkbox"]


def test_render_page__cells__know_the_title_of_their_column() -> None:
    tags = PageReader(page_with(Table("t", ["name", '"n"'], [["a", "1"]]))).tags
    assert [a["data-title"] for tag, a in tags if tag == "td"] == ["name", '"n"']


@pytest.mark.parametrize(("num_rows", "is_short"), [(12, True), (13, False)])
def test_render_page__short_table__stays_on_one_sheet(num_rows: int, *, is_short: bool) -> None:
    page = page_with(Table("t", ["name"], [["a"]] * num_rows))
    assert ('<table class="short">' in page) == is_short

"""The part of a report that helps with the next study: what this one can find, animals, images."""

from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.metrics.clustering import Clustering
from gapjunction.metrics.study_planning import MOST, Planning
from gapjunction.report.group_tables import MEASURE_TITLES
from gapjunction.report.html_page import Paragraph, Part, Section, Table


def planning_sections(study: GroupStudy) -> list[Section]:
    """Return it for the first comparison; nothing where there is none, or nothing varies."""
    planned = next(iter(study.comparisons), None)
    parts: list[Part] = []
    if planned is not None and planned.planning is not None:
        title = f"{planned.second} / {planned.first}, {MEASURE_TITLES[planned.measure]}"
        parts += [Paragraph(_detectable(planned.planning, title)), _animals(planned.planning)]
    if study.clustering is not None:
        parts.append(Paragraph(_images(study.clustering)))
    return [Section("The next study", parts)] if parts else []


def _detectable(planning: Planning, title: str) -> str:
    ratio = planning.detectable_ratio
    return (
        f"{title}: assets of a group vary by {100 * planning.spread:.0f} % of its mean. A study "
        f"as large as this finds a true ratio of {ratio:.2f}, or {1 / ratio:.2f}, in 80 of 100 "
        "cases, and smaller differences less often."
    )


def _animals(planning: Planning) -> Table:
    rows = [
        [f"{each.ratio:g}", _number(each.num_animals), _number(each.num_to_be_safe)]
        for each in planning.next_studies
    ]
    header = ["true ratio", "if they vary as these do", "to be safe"]
    caption = (
        "Assets in each of two groups that find a ratio in 80 of 100 studies (p 0.05 or less). To "
        "be safe: if they vary as much as these few cannot exclude (upper 80 % limit)"
    )
    return Table(caption, header, rows)


def _number(number: int | None) -> str:
    return f"over {MOST}" if number is None else str(number)


def _images(found: Clustering) -> str:
    interval = found.icc.interval
    ends = "" if interval is None else f" (95 % interval {interval.low:.2f} to {interval.high:.2f})"
    return (
        f"Images of an asset resemble one another: intraclass correlation {found.icc.value:.2f}"
        f"{ends}. The {found.num_images:.1f} images of an asset are worth "
        f"{found.num_images / found.design_effect:.1f} of different assets (design effect "
        f"{found.design_effect:.1f}): the more alike they are, the less further images help, and "
        "the more further animals do."
    )

"""The part of a report that tells how many plaques each asset holds, and each group together."""

from collections.abc import Mapping, Sequence

from gapjunction.benchmark.asset_groups import AssetName
from gapjunction.benchmark.group_study import GroupStudy
from gapjunction.benchmark.groups import AGE, value_of
from gapjunction.benchmark.measured_images import MeasuredImages
from gapjunction.benchmark.predicted_totals import PredictedTotal
from gapjunction.report.group_tables import factor_title
from gapjunction.report.html_page import Paragraph, Points, Section, Table
from gapjunction.report.tables import NO_VALUE
from gapjunction.text import counted


def totals_section(
    totals: Sequence[PredictedTotal], measured: MeasuredImages, study: GroupStudy
) -> Section:
    """Return the total of each asset as a table, and those of groups as lines.

    Groups are those of the first factor that is no age. Without totals it is empty.
    """
    title = "Totals of assets"
    if not totals:
        return Section(title, [])
    factor = next((each for each in study.factors if each != AGE), None)
    groups = {} if factor is None else _groups(measured, factor)
    header = ["dataset", "asset", "group", "class", "counted", "images", "count", "95 % interval"]
    rows = [
        [
            each.name.dataset,
            each.name.asset,
            groups.get(each.name, "") or NO_VALUE,
            each.class_name,
            each.counted,
            str(each.num_images),
            str(each.count),
            f"{each.low} to {each.high}",
        ]
        for each in totals
    ]
    return Section(
        title,
        [
            Paragraph(
                "The interval is of what the images of an asset hold, of which a detector misses "
                "some and finds too many. How assets differ is no part of it: groups are compared "
                "by assets, not by totals."
            ),
            Table("Totals with the intervals of totals.csv", header, rows, first_number=5),
            Points(_group_lines(totals, groups, factor or "")),
        ],
    )


def _groups(measured: MeasuredImages, factor: str) -> dict[AssetName, str]:
    return {
        AssetName(image.dataset, image.asset): value_of(image.metadata, factor)
        for image in measured.images
    }


def _group_lines(
    totals: Sequence[PredictedTotal], groups: Mapping[AssetName, str], factor: str
) -> list[str]:
    """Return a line for each group, class and kind of object, in the order of their totals."""
    members: dict[tuple[str, str, str], list[PredictedTotal]] = {}
    for each in totals:
        if group := groups.get(each.name):
            members.setdefault((group, each.class_name, each.counted), []).append(each)
    return [
        f"{factor_title(factor)} {group}: {sum(each.count for each in own)} {kind} "
        f"({class_name}) in {counted(len(own), 'asset')}, {sum(each.low for each in own)} to "
        f"{sum(each.high for each in own)} if all assets err in the same direction."
        for (group, class_name, kind), own in members.items()
    ]

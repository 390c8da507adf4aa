"""Signs that several assets are sections of one animal: what their names or metadata say."""

import re
from collections import defaultdict
from collections.abc import Sequence

from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.text import counted

ANIMAL = r"(?:animal|subject|individual|patient|donor|case|participant|mouse|mice|rat|human)"
SECTION = (
    r"(?:sections?|sect?|slices?|slides?|fields?|fov|rois?|images?|img|left|right|ipsi|contra)"
)

# "rat_03_section2", "M12-slice_4b": a name with a digit, and behind it a part of an animal.
NAME_AND_SECTION = re.compile(
    rf"(?P<animal>.*\d.*?)(?:[\s_.-]+{SECTION}(?:lateral)?|[\s_.-]*(?<=\d)s)[\s_.-]*\d*[a-z]?", re.I
)
# "mouse3_2", "rat 12 b": an animal with its number, and behind it a number or letter.
ANIMAL_AND_NUMBER = re.compile(
    rf"(?P<animal>{ANIMAL}[\s_.-]*\d+)[\s_.-]*(?:[\s_.-]\d+|[\s_.-]?[a-h])", re.I
)
ANIMAL_COLUMN = re.compile(rf"{ANIMAL}[\s_-]*(?:id|no|nr|name|number)?", re.I)


def sections_of_one_animal(assets: Sequence[AssetMeasures]) -> str:
    """Return a warning where assets look like sections of one animal, else nothing.

    Names are asked, and columns that are called after an animal and tell at least two apart.
    """
    columns = dict.fromkeys(
        name for asset in assets for name in asset.metadata.further if names_animals(name)
    )
    for column in columns:
        told = [asset.metadata.further.get(column, "") for asset in assets]
        if len(set(told)) > 1 and (sign := _sign(assets, told)):
            return f"{sign} --animal {column} makes one value of each animal."
    sign = _sign(assets, [_animal_in(asset.asset) for asset in assets])
    if not sign:
        return ""
    return (
        f'{sign} Write the animal of each into asset_metadata.json, as "animal": "name", and give '
        "--animal animal; or --block, where both groups are in each animal."
    )


def names_animals(column: str | None) -> bool:
    """Return whether a column is called after an animal."""
    return column is not None and ANIMAL_COLUMN.fullmatch(column) is not None


def _sign(assets: Sequence[AssetMeasures], animals: Sequence[str]) -> str:
    """Return what is wrong where several assets of a dataset have one animal."""
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for asset, animal in zip(assets, animals, strict=True):
        if animal:
            members[asset.dataset, animal].append(asset.asset)
    shared = [names for names in members.values() if len(names) > 1]
    if not shared:
        return ""
    num_assets = sum(len(names) for names in shared)
    return (
        f"WARNING: {num_assets} assets look like parts of {counted(len(shared), 'animal')} "
        f"({', '.join(shared[0][:3])}). Parts of one animal resemble one another: counted as "
        "subjects, they make intervals too narrow and p far too small."
    )


def _animal_in(name: str) -> str:
    for pattern in (NAME_AND_SECTION, ANIMAL_AND_NUMBER):
        found = pattern.fullmatch(name)
        if found:
            return found["animal"].casefold()
    return ""

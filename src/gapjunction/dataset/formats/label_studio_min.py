"""Label Studio's JSON-MIN, whose tasks are flat, as tasks of its JSON."""

from collections.abc import Collection
from typing import Any

from gapjunction.dataset.formats.label_studio_kinds import LABELS

# Keys that Label Studio adds to those of the task and of the labeling configuration.
_ADDED = ("annotator", "annotation_id", "lead_time", "created_at", "updated_at")


def as_full_task(task: object, kinds: Collection[str]) -> object:
    """Return a flat task as JSON has it; anything else as it is.

    A flat task lists its regions under the name of the control that drew them, and has its
    annotation's id beside its data. `kinds` are the keys of labels, which tell what a region is.
    """
    if not isinstance(task, dict) or "data" in task or not any(key in task for key in _ADDED):
        return task
    regions = [
        _as_full_region(each, kinds)
        for value in task.values()
        if isinstance(value, list)
        for each in value
        if isinstance(each, dict) and ("original_width" in each or any(k in each for k in kinds))
    ]
    others = {key: value for key, value in task.items() if key not in _ADDED}
    return {"data": others, "annotations": [{"result": regions}]}


def _as_full_region(region: dict[str, Any], kinds: Collection[str]) -> dict[str, Any]:
    """Return a region with its type; one without a label keeps none, and is no outline."""
    kind = next((each for each in (*kinds, LABELS) if each in region), None)
    sizes = {key: value for key, value in region.items() if key.startswith("original_")}
    return {"type": kind, "value": region, "image_rotation": region.get("image_rotation")} | sizes

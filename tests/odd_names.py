"""Odd names of images, assets and folders, for tests of what commands make of them."""

import json
import os
from pathlib import Path

from builders import build_dataset

OTHER_ENCODING = os.fsdecode(b"Z\xfcrich")
NAMES = (
    *("a\nb", "a\rb", "\ta", "a\u2028b", "a\\b", " a ", "a."),
    *("CON", "nul", "a:b", "a?*", "-a", "--help", "~", "a%20b", "a#b", "[a-c]*", "a\"b'c", "🧠"),
    *("a\u202eb", "=1+1", "@a", "a;b,c", "<a&b>", "a..b", "${x}", "{a}", "%s", "a__b__c"),
    *("Zürich", "x" * 200, "é" * 100),
)


def build_named(root: Path, asset: str, stem: str) -> Path:
    """Write a dataset of one asset with one image, of these names."""
    build_dataset(root, num_assets=1, images_per_asset=1, boxes_per_image=2)
    (root / "Assets" / "asset_0").rename(root / "Assets" / asset)
    [image] = (root / "Assets" / asset / "Raw").iterdir()
    [boxes] = (root / "Assets" / asset / "Detection").iterdir()
    [records] = json.loads(boxes.read_text()).values()
    image.rename(image.with_name(f"{stem}.png"))
    boxes.unlink()
    for record in records:
        record["image_name"] = f"{stem}.png"
    text = json.dumps({stem: records}, ensure_ascii=False)
    boxes.with_name(f"{stem}_bbox.json").write_text(text, "utf-8", "backslashreplace")
    return root

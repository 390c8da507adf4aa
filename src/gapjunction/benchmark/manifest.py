"""What a folder of predictions says about its origin, in `manifest.json`."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gapjunction.errors import BenchmarkError
from gapjunction.provenance import UNKNOWN

MANIFEST_NAME = "manifest.json"


class PredictionManifest(BaseModel):
    """Where predictions come from; what the file does not say is 'unknown' or None.

    Attributes:
        threshold: the lowest score that counts as an object; None: all boxes count.
        lowest_score: boxes with less were not written; None where that is not known.
        seen_assets: dataset and asset of what the model was trained or validated on, if known.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    model: str = UNKNOWN
    model_version: str = UNKNOWN
    dataset: str = UNKNOWN
    git_commit: str = UNKNOWN
    threshold: Annotated[float, Field(ge=0, le=1)] | None = None
    lowest_score: Annotated[float, Field(ge=0, le=1)] | None = None
    seen_assets: tuple[tuple[str, str], ...] = ()


def read_manifest(predictions_dir: Path) -> PredictionManifest:
    """Read the manifest in `predictions_dir` or the folder above; without one nothing is known.

    Raises:
        BenchmarkError: if the file is there but cannot be read.
    """
    absolute = predictions_dir.absolute()
    for path in (absolute / MANIFEST_NAME, absolute.parent / MANIFEST_NAME):
        if path.is_file():
            return _read(path)
    return PredictionManifest()


def threshold_to_use(
    manifest: PredictionManifest, asked_for: float | None, predictions_dir: Path
) -> float | None:
    """Return the lowest score that counts: that asked for, else the manifest's; None: all count.

    Raises:
        BenchmarkError: if boxes with the score asked for were not written.
    """
    if asked_for is None:
        return manifest.threshold
    if manifest.lowest_score is not None and asked_for < manifest.lowest_score:
        raise BenchmarkError(
            predictions_dir,
            item=f"threshold {asked_for}",
            expected=f"at least {manifest.lowest_score}, the lowest score that was written",
            found=str(asked_for),
            fix="predict again with --min_score",
        )
    return asked_for


def _read(path: Path) -> PredictionManifest:
    fix = "write it again with `gapjunction predict`, or remove it"
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        if isinstance(content, dict):  # a key without a value says as little as a missing one
            content = {key: value for key, value in content.items() if value is not None}
        return PredictionManifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise BenchmarkError(
            path,
            item=".".join(str(part) for part in first["loc"]),
            expected=first["msg"].removeprefix("Input should be "),
            found=repr(first["input"])[:60],
            fix=fix,
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise BenchmarkError(path, expected="valid JSON", found=str(error), fix=fix) from None

"""Assets with chosen measures, and comparisons of them, for the tests of groups and reports."""

import json
from collections.abc import Sequence
from pathlib import Path

from builders import build_dataset, edit_json, write_json_file
from gapjunction.benchmark.asset_measures import AssetMeasures
from gapjunction.benchmark.group_study import GroupStudy, study_groups
from gapjunction.benchmark.question import Question
from gapjunction.dataset.records import AssetMetadata

IMAGE_MM2 = 0.01


def asset(
    count: float,
    *,
    dataset: str = "rats",
    size_um: float | None = 0.5,
    area_px: int | None = 10_000,
    metadata: AssetMetadata | None = None,
    diagnosis: str | None = None,
) -> AssetMeasures:
    """Return an asset of one image with this count; its images have a scale if it has a size."""
    return AssetMeasures(
        dataset=dataset,
        asset=f"{dataset} {count}",
        metadata=metadata or AssetMetadata(diagnosis=diagnosis),
        num_images=1,
        num_plaques=int(count),
        num_boxes=int(count),
        image_area_px=area_px,
        plaques_per_image=count,
        plaques_per_mm2=None if size_um is None else count / IMAGE_MM2,
        plaque_size_um=size_um,
        plaque_size_px=5.0,
    )


def two_groups(
    healthy: Sequence[float], epilepsy: Sequence[float], dataset: str = "rats"
) -> list[AssetMeasures]:
    """Return assets of two diagnoses with these counts."""
    return [asset(n, dataset=dataset, diagnosis="healthy") for n in healthy] + [
        asset(n, dataset=dataset, diagnosis="epilepsy") for n in epilepsy
    ]


def study(
    assets: Sequence[AssetMeasures],
    *factors: str,
    primary: str | None = None,
    block: str | None = None,
) -> GroupStudy:
    """Return all comparisons by these factors, by default all."""
    return study_groups(assets, Question(factors, primary, block), num_drawn=1000, seed=0)


def littermates(*pairs: tuple[float, float]) -> list[AssetMeasures]:
    """Return a healthy and an ill asset of each litter, with these counts."""
    return [
        asset(count, metadata=AssetMetadata(diagnosis=group, further={"litter": f"L{number}"}))
        for number, pair in enumerate(pairs)
        for group, count in zip(("healthy", "epilepsy"), pair, strict=True)
    ]


def write_predictions(dataset: Path, folder: Path, score: float = 0.9) -> Path:
    """Write the annotations of a dataset as if a model had found them with this score."""
    rows = ["dataset,asset,image,class,count,low,high"]
    for file in sorted(dataset.glob("Assets/*/Detection/*_bbox.json")):
        [(stem, boxes)] = json.loads(file.read_text(encoding="utf-8")).items()
        scored = [box | {"score": score} for box in boxes]
        write_json_file(folder / "detections" / file.name, {stem: scored})
        asset_name = file.parent.parent.name
        rows.append(f"{dataset.name},{asset_name},{stem},gap_junction,{len(boxes)},0,9")
    (folder / "counts.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    manifest = {"model": "m", "model_version": "v1", "threshold": 0.5, "lowest_score": 0.1}
    write_json_file(folder / "manifest.json", manifest)
    return folder


def name_trained_assets(predictions: Path, dataset: str, *assets: str) -> None:
    """Let the manifest of predictions say that the model was trained on these assets."""
    seen = [[dataset, asset] for asset in assets]
    edit_json(predictions / "manifest.json", seen_assets=seen)


def build_study_data(root: Path, num_assets: int = 4) -> Path:
    """Write a dataset of two diagnoses in turn, with twice as many boxes in the second."""
    build_dataset(root, num_assets=num_assets, images_per_asset=1)
    for number, folder in enumerate(sorted((root / "Assets").iterdir())):
        diagnosis = ("healthy", "epilepsy")[number % 2]
        edit_json(folder / "asset_metadata.json", diagnosis=diagnosis, age=number + 1)
        if diagnosis == "healthy":
            [file] = (folder / "Detection").iterdir()
            [(stem, boxes)] = json.loads(file.read_text(encoding="utf-8")).items()
            write_json_file(file, {stem: boxes[: 1 + number // 2]})
    return root

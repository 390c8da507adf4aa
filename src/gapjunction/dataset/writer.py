"""Write a dataset in the platform's format, its first variant."""

import shutil
from pathlib import Path

from gapjunction.dataset.records import AnnotatedImage, Asset, AssetMetadata, Dataset
from gapjunction.dataset.true_plaques import TRUE_PLAQUES_NAME
from gapjunction.detections_json import DETECTION_SUFFIX, write_detection_file
from gapjunction.files import folder_written_whole, write_json
from gapjunction.images.pictures import copy_picture

NM_PER_UM = 1000.0


def write_dataset(dataset: Dataset, root: Path) -> None:
    """Write `dataset` to the folder `root`, whole or not at all; image files are copied.

    An existing folder is replaced only once the new one is complete.
    """
    with folder_written_whole(root) as partial:
        write_metadata(dataset, partial)
        for asset in dataset.assets:
            _write_images(asset, dataset.class_names, partial / "Assets" / asset.name)
            if asset.true_plaques_path is not None:
                copy = partial / "Assets" / asset.name / TRUE_PLAQUES_NAME
                shutil.copyfile(asset.true_plaques_path, copy)


def write_metadata(dataset: Dataset, folder: Path) -> None:
    """Write everything but images and annotations into `folder`."""
    write_json(folder / "Label_Properties" / "label_properties.json", dataset.classes)
    write_json(folder / "Metadata_Static" / "metadata_static.json", _static_metadata(dataset))
    for asset in dataset.assets:
        path = folder / "Assets" / asset.name / "asset_metadata.json"
        write_json(path, _asset_metadata(asset.metadata))


def _write_images(asset: Asset, class_names: tuple[str, ...], folder: Path) -> None:
    (folder / "Raw").mkdir()
    (folder / "Detection").mkdir()
    for image in asset.images:
        copy_picture(image.path, folder / "Raw" / image.path.name)
        if image.is_annotated or image.predictions is not None:
            _write_boxes(image, class_names, folder / "Detection")
        if image.mask_path is not None:
            (folder / "Segmentation").mkdir(exist_ok=True)
            copy_picture(image.mask_path, folder / "Segmentation" / image.mask_path.name)


def _write_boxes(image: AnnotatedImage, class_names: tuple[str, ...], folder: Path) -> None:
    found = image.predictions
    write_detection_file(
        folder / f"{image.stem}{DETECTION_SUFFIX}.json",
        image.as_detections() if found is None else found,
        class_names,
        image_name=image.path.name,
        image_size=(image.height, image.width),
        with_scores=found is not None,
    )


def _static_metadata(dataset: Dataset) -> dict[str, object]:
    static: dict[str, object] = {
        "device_type": dataset.device_type,
        "scaling_value": dataset.scaling_value,
    }
    if dataset.um_per_px is not None:
        static["scales"] = [
            {
                "barcode": dataset.scaling_value or "",
                "unit": "nm",
                "value_per_pixel": round(dataset.um_per_px * NM_PER_UM, 6),
            }
        ]
    return static


def _asset_metadata(metadata: AssetMetadata) -> dict[str, object]:
    subject: dict[str, object] = {
        "species": metadata.species,
        "age": metadata.age_months,
        "weight": metadata.weight_kg,
        "sex": metadata.sex,
        "localization": metadata.localization,
        "diagnosis": metadata.diagnosis,
    }
    step = {} if metadata.z_step_um is None else {"z_step_um": metadata.z_step_um}
    return subject | step | dict(metadata.further)

"""Tell by a short text whether a model was trained on the same data."""

import hashlib
from collections.abc import Sequence

from gapjunction.dataset.records import Dataset
from gapjunction.files import sha256_of


def fingerprint(datasets: Sequence[Dataset]) -> str:
    """Return the SHA-256 over names, classes, image files and annotations of the datasets.

    It does not depend on where the datasets lie or in which order they are given.
    """
    digest = hashlib.sha256()
    for dataset in sorted(datasets, key=lambda each: each.name):
        digest.update(repr((dataset.name, dataset.class_names)).encode())
        for asset in dataset.assets:
            for image in asset.images:
                name = (asset.name, image.path.name, image.is_annotated)
                digest.update(repr((*name, sha256_of(image.path))).encode())
                digest.update(image.boxes.tobytes() + image.labels.tobytes())
    return digest.hexdigest()

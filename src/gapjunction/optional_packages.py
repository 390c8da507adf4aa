"""Packages that only some work needs, and the extras of this package that bring them."""

from importlib import import_module
from typing import Any

from gapjunction.errors import ConfigError

EXTRAS = {
    "accelerate": "train",
    "dask_jobqueue": "cluster",
    "distributed": "cluster",
    "aiohttp": "remote",
    "fsspec": "remote",
    "magicgui": "napari",
    "huggingface_hub": "hub",
    "mlflow": "track",
    "napari": "napari",
    "onnx": "onnx",
    "onnxruntime": "onnx",
    "onnxscript": "onnx",
    "pyarrow": "parquet",
    "s3fs": "remote",
    "transformers": "train",
    "zarr": "zarr",
}
WORK = {
    "cluster": "work on several processes or machines",
    "napari": "the panel in napari",
    "hub": "models of the Hugging Face Hub",
    "onnx": "ONNX files",
    "parquet": "tables as Parquet",
    "remote": "images on the web and in S3",
    "track": "logging to MLflow",
    "train": "training, and the networks of the DINO presets",
    "zarr": "OME-Zarr images",
}


def import_optional(package: str) -> Any:
    """Return a package that an extra brings.

    Raises:
        ConfigError: if it is not installed.
    """
    try:
        return import_module(package)
    except ImportError:
        raise not_installed(package) from None


def missing_package(error: Exception) -> ConfigError | None:
    """Return what to tell of an import that failed for lack of an extra; None if it is no such."""
    if not isinstance(error, ModuleNotFoundError) or error.name not in EXTRAS:
        return None
    return not_installed(error.name)


def not_installed(package: str) -> ConfigError:
    """Return the error of a package that an extra would have brought."""
    extra = EXTRAS[package]
    return ConfigError(
        WORK[extra],
        expected=f"the package {package}",
        found="that it is not installed",
        fix=f'pip install "gapjunction[{extra}]", or in the repository pip install ".[{extra}]"',
    )

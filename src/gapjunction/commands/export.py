"""`gapjunction export`: a model as one file, for other people, programs and languages."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.files import written_whole
from gapjunction.models.bioimageio_export import write_bioimageio
from gapjunction.models.checkpoint import Checkpoint, load_checkpoint
from gapjunction.models.onnx_export import write_onnx
from gapjunction.models.shipped import SHIPPED_MODEL
from gapjunction.models.zipped_run import opened_run, write_run

ExportFormat = Literal["onnx", "zip", "bioimageio"]
SUFFIXES: dict[ExportFormat, str] = {
    "onnx": ".onnx",
    "zip": ".zip",
    "bioimageio": ".bioimageio.zip",
}


class ExportConfig(StrictConfig):
    """Settings of an export."""

    checkpoint: Path | None = Field(
        None,
        description="Run folder, a zip of one, or hf://user/model[@revision]; without it, the "
        "weights that come with the package.",
        json_schema_extra={"positional": True},
    )
    to: ExportFormat = Field(
        "onnx",
        description="onnx: the network and all settings, of a medium_quality model; bioimageio: "
        "the same, described for the BioImage Model Zoo; zip: the run, which --checkpoint takes.",
    )
    output: Path | None = Field(
        None,
        description="File to write; without it, model.onnx, model.zip or model.bioimageio.zip.",
    )


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written."""

    output: Path
    version: str
    class_names: tuple[str, ...]
    num_bytes: int

    def __str__(self) -> str:
        return (
            f"Model {self.version} ({', '.join(self.class_names)}) in {self.output}, "
            f"{self.num_bytes / 1e6:.1f} MB"
        )


def run(config: ExportConfig) -> ExportResult:
    """Write the model as one file, with all that is needed to use it.

    Raises:
        CheckpointError: if there is no model.
        ConfigError: if the network cannot be written so, or a package for that is missing.
    """
    output = config.output or Path(f"model{SUFFIXES[config.to]}")
    with opened_run(config.checkpoint or SHIPPED_MODEL) as folder:
        checkpoint = load_checkpoint(folder)
        with written_whole(output) as partial:
            WRITERS[config.to](checkpoint, partial)
    return ExportResult(
        output, checkpoint.version, checkpoint.config.class_names, output.stat().st_size
    )


def _write_zip(checkpoint: Checkpoint, path: Path) -> None:
    write_run(checkpoint.folder, path)


WRITERS: dict[ExportFormat, Callable[[Checkpoint, Path], None]] = {
    "onnx": write_onnx,
    "zip": _write_zip,
    "bioimageio": write_bioimageio,
}

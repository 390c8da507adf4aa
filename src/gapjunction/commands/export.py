"""`gapjunction export`: a model as one ONNX file, for other programs and languages."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from gapjunction.config import StrictConfig
from gapjunction.files import written_whole
from gapjunction.models.checkpoint import load_checkpoint
from gapjunction.models.onnx_export import export_checkpoint


class ExportConfig(StrictConfig):
    """Settings of an export."""

    checkpoint: Path = Field(
        description="Run folder with a medium_quality model.",
        json_schema_extra={"positional": True},
    )
    output: Path = Field(Path("model.onnx"), description="File to write.")


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
    """Write the model as ONNX, with its classes, calibration, threshold and tile size in it.

    Raises:
        CheckpointError: if there is no model.
        ConfigError: if it is not the compact detector, or the package onnx is missing.
    """
    checkpoint = load_checkpoint(config.checkpoint)
    model = export_checkpoint(checkpoint)
    with written_whole(config.output) as partial:
        partial.write_bytes(model)
    return ExportResult(
        config.output, checkpoint.version, checkpoint.config.class_names, len(model)
    )

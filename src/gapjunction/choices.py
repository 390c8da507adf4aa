"""What settings choose among, and the numbers that settings and several stages share.

It imports nothing, so that a wrong option is told without the seconds that stages take to import.
"""

from typing import Literal

Split = Literal["train", "val", "test"]
ZAxis = Literal["z", "time", "channel"]  # along which slices lie in a file
TableFormat = Literal["csv", "xlsx", "parquet"]
ComparedMetric = Literal["f1_iou50", "ap50", "count_mae"]

PresetName = Literal["medium_quality", "high_quality", "best_quality"]
# AutoGluon, which the published repository trains with, has one more.
GivenPreset = Literal["good_quality", PresetName]
RecipeName = Literal["fine_tuning", "from_scratch", "published"]
TrainingPrecision = Literal["no", "bf16", "fp16"]

Backend = Literal["torch", "onnx"]
Precision = Literal["no", "bf16"]  # of prediction; "no" is that of the weights
SMALLEST_SCALE, LARGEST_SCALE = 0.1, 10.0  # beyond, a pixel size is in the wrong unit

EXCLUDED = ("exclude",)  # regions that are taken out of all others
CENTER_DISTANCE_PX = 3.0  # of centers that match

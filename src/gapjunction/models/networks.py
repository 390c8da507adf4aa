"""The networks that a detector can have: a new one is a folder here, and a member of `Network`.

Each is a config with the sizes of the network and, beside the name in `architecture`:
`title` and `free_settings` (for weights to start from), `grey_shown` and `max_detections` (for
the images it is shown), and `build`, which returns the `Detector`.
"""

from typing import Annotated

from pydantic import Field

from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.dino.config import DinoConfig

Network = Annotated[CenterNetConfig | DinoConfig, Field(discriminator="architecture")]

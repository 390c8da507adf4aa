"""Tests for `gapjunction.models.networks`."""

import subprocess
import sys

import pytest
from pydantic import TypeAdapter

from gapjunction.models.centernet.model import CenterNetConfig
from gapjunction.models.networks import Network
from published_files import TINY_RESNET, TINY_SWIN

NETWORKS = pytest.mark.parametrize(
    "network", [CenterNetConfig(widths=(4, 4)), TINY_RESNET, TINY_SWIN], ids=lambda each: each.title
)


@NETWORKS
def test_network__written_and_read__is_the_same(network: Network) -> None:
    reader: TypeAdapter[Network] = TypeAdapter(Network)
    assert reader.validate_json(network.model_dump_json()) == network


@NETWORKS
def test_free_settings__are_settings_that_no_weight_depends_on(network: Network) -> None:
    assert set(network.free_settings) <= set(type(network).model_fields)
    shapes = {name: each.shape for name, each in network.build(1).state_dict().items()}
    others = {"num_select": 1, "recomputes_activations": True}
    changed = {name: value for name, value in others.items() if name in network.free_settings}
    rebuilt = type(network).model_validate(network.model_dump() | changed).build(1)
    assert {name: each.shape for name, each in rebuilt.state_dict().items()} == shapes


@pytest.mark.long
def test_build__compact_detector__imports_no_transformers() -> None:
    program = (
        "import sys; from gapjunction.presets import PRESETS\n"
        "PRESETS['medium_quality'].network.build(1)\n"
        "sys.exit('transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

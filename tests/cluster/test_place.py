"""Tests for `gapjunction.cluster.place`."""

from pathlib import Path

import pytest

from gapjunction.cluster.place import Here, Place, Queue, Running, num_cores, place_of
from gapjunction.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("local", Here(None)),
        ("local:3", Here(3)),
        ("tcp://host:8786", Running("tcp://host:8786")),
        ("tls://10.0.0.1:8786", Running("tls://10.0.0.1:8786")),
        ("jobs/slurm.yaml", Queue(Path("jobs/slurm.yaml"))),
    ],
)
def test_place_of__what_it_can_be__is_told_apart(text: str, expected: Place) -> None:
    assert place_of(text) == expected


@pytest.mark.parametrize("text", ["", "local:0", "local:-1", "local:9999", "host:8786", "slurm"])
def test_place_of__anything_else__is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="expected local, local:4, tcp://HOST:8786 or a YAML"):
        place_of(text)


def test_num_cores__this_machine__has_one_at_least() -> None:
    assert num_cores() >= 1

"""Tests that what ever ended badly ends well."""

from pathlib import Path

import pytest

from fuzz.corpus import BadInput, corpus
from fuzz.limits import limited_memory
from fuzz.targets import TARGET_CALLED
from fuzz.trial import judged, restored
from fuzz.worker import MORE_MEMORY
from fuzz.workplaces import Workplaces, isolated


@pytest.mark.parametrize("bad", corpus(), ids=lambda bad: f"{bad.what}, {bad.target}")
def test_target__input_that_once_ended_badly__ends_well(bad: BadInput, tmp_path: Path) -> None:
    with isolated(tmp_path / "cwd"), limited_memory(MORE_MEMORY):
        workplace = Workplaces(tmp_path / "work").of(TARGET_CALLED[bad.target])
        path = workplace.inputs / bad.file
        with restored(path):
            path.write_bytes(bad.content)
            assert not judged(workplace, path).failures

"""Tests that every target reads its good inputs, and ends well with damaged ones."""

import math
import shutil
import warnings
from collections.abc import Iterator

import pytest

from fuzz.limits import limited_memory
from fuzz.targets import TARGET_CALLED, TARGETS, random_of
from fuzz.trial import try_random
from fuzz.worker import MORE_MEMORY
from fuzz.workplaces import Workplaces, isolated

NUM_INPUTS, SEED = 2000, 18
TOTAL_SHARE = sum(target.share for target in TARGETS)


@pytest.fixture(scope="module")
def workplaces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplaces]:
    folder = tmp_path_factory.mktemp("fuzz")
    with isolated(folder / "cwd"):
        yield Workplaces(folder / "work")


@pytest.mark.parametrize("name", TARGET_CALLED)
def test_target__good_inputs__are_read(workplaces: Workplaces, name: str) -> None:
    workplace = workplaces.of(TARGET_CALLED[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert workplace.target.attempt(workplace.inputs, workplace.outputs) == []
    shutil.rmtree(workplace.outputs, ignore_errors=True)


@pytest.mark.long
@pytest.mark.parametrize("name", TARGET_CALLED)
def test_target__damaged_inputs__end_well(workplaces: Workplaces, name: str) -> None:
    workplace = workplaces.of(TARGET_CALLED[name])
    for number in range(math.ceil(NUM_INPUTS * workplace.target.share / TOTAL_SHARE)):
        with limited_memory(MORE_MEMORY):
            trial = try_random(workplace, random_of(SEED, number))
        assert not trial.failures, f"input {number}: {trial}"

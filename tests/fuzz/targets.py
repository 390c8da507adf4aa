"""All that is fuzzed, and which of it is chosen next."""

from random import Random

from fuzz.annotation_targets import annotation_targets
from fuzz.command_targets import command_targets
from fuzz.image_targets import image_targets
from fuzz.model_targets import model_targets
from fuzz.region_targets import region_targets
from fuzz.table_targets import table_targets
from fuzz.target import Target

TARGETS: tuple[Target, ...] = (
    *annotation_targets(),
    *image_targets(),
    *region_targets(),
    *table_targets(),
    *model_targets(),
    *command_targets(),
)
TARGET_CALLED = {target.name: target for target in TARGETS}


def random_of(seed: int, number: int) -> Random:
    """Return what decides all of one input, whichever inputs came before it."""
    return Random(f"{seed} {number}")


def chosen_target(random: Random) -> Target:
    """Draw a target by the shares."""
    return random.choices(TARGETS, [target.share for target in TARGETS])[0]

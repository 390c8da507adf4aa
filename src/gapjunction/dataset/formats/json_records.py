"""Records of other tools' JSON files; what does not fit one is refused in one line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError, PydanticKnownError

from gapjunction.dataset.formats.records_of_files import LARGEST
from gapjunction.errors import DatasetError

NUMBER, WHOLE = "a finite number for {name}", "a whole number for {name}"
EXPECTED: Mapping[str, str] = {  # by the type of pydantic's complaint
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "greater_than_equal": NUMBER,
    "less_than_equal": NUMBER,
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_from_float": WHOLE,
    "string_type": "{name} as text",
    "string_pattern_mismatch": "{name} as text",
    "list_type": "a list of {name}",
    "pair_type": "a list of x, y in {name}",
    "model_type": "a JSON object: {name}",
    "dict_type": "a JSON object: {name}",
    "literal_error": "{expected} as {name}",
    "too_short": "{min_length} numbers for {name}",
    "too_long": "{max_length} numbers for {name}",
}


def _refuse_others(value: object) -> object:
    """Refuse true, false and text such as 3_4, which pydantic takes for 1, 0 and 34."""
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        raise PydanticKnownError("float_type")
    return value


# Numbers may be given as text.
Number = Annotated[
    float,
    Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False),
    BeforeValidator(_refuse_others),
]
Whole = Annotated[int, Field(ge=-LARGEST, le=LARGEST), BeforeValidator(_refuse_others)]
Name = Annotated[str, Field(pattern=r"\S")]


class Record(BaseModel):
    """A JSON object, of which the keys that are not needed are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _take_missing_for_null(cls, value: object) -> object:
        """Let a missing key be refused like null is: by what was expected."""
        if not isinstance(value, dict):
            return value
        required = (
            each.alias or name for name, each in cls.model_fields.items() if each.is_required()
        )
        return dict.fromkeys(required) | value


class Pair(Record):
    """A point: in a file a list of x, y and perhaps more, or an object with both."""

    x: Number
    y: Number

    @model_validator(mode="before")
    @classmethod
    def _name_parts(cls, value: object) -> object:
        if isinstance(value, list):
            return dict(zip(("x", "y"), value, strict=False))
        if isinstance(value, dict):
            return value
        raise PydanticCustomError("pair_type", "a list of x, y")

    @property
    def xy(self) -> tuple[float, float]:
        """The point as a tuple."""
        return self.x, self.y


R = TypeVar("R", bound=Record)


def parse(record: type[R], value: object, file: Path, item: str = "") -> R:
    """Return `value` as a record.

    Raises:
        DatasetError: if it is none; names the first thing that is wrong.
    """
    try:
        return record.model_validate(value)
    except ValidationError as error:
        raise _refusal(error.errors(include_url=False)[0], file, item) from None


def members(value: object, what: str, file: Path) -> list[Any]:
    """Return `value` if it is a list, whose members are then records.

    Raises:
        DatasetError: if it is none.
    """
    if not isinstance(value, list):
        raise _unfit(value, f"a list of {what}", file, "")
    return value


def _refusal(detail: ErrorDetails, file: Path, item: str) -> DatasetError:
    """Turn a complaint of pydantic into an error of ours."""
    value, limits = detail["input"], detail.get("ctx", {})
    name = " of ".join(part for part in reversed(detail["loc"]) if isinstance(part, str))
    wording = EXPECTED.get(detail["type"])
    if wording is None:
        expected = detail["msg"].removeprefix("Input should be ")
    else:
        expected = wording.format(**limits | {"name": name}).removesuffix(": ")
    return _unfit(value, expected, file, item, found=limits.get("actual_length"))


def _unfit(
    value: object, expected: str, file: Path, item: str, found: object = None
) -> DatasetError:
    shown = "nothing" if value is None else repr(value)[:60]
    return DatasetError(
        file,
        item=item,
        expected=expected,
        found=shown if found is None else str(found),
        fix="correct it, or export the file again",
    )

"""What the command line calls a setting."""

from collections.abc import Sequence

from pydantic.fields import FieldInfo

from gapjunction.config import StrictConfig
from gapjunction.errors import GapJunctionError


def option_of(name: str, field: FieldInfo) -> str:
    """Return the option that sets a field, or the name of the argument that does."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return name.upper() if extra.get("positional") else str(extra.get("option", f"--{name}"))


def with_options(error: GapJunctionError, config_class: type[StrictConfig]) -> str:
    """Return an error's text and, in brackets, the options of a command for its settings.

    Settings that the command does not have are left out.
    """
    fields = config_class.model_fields
    return _text(
        error, [option_of(name, fields[name]) for name in error.settings if name in fields]
    )


def with_all_options(error: GapJunctionError) -> str:
    """Return an error's text with the options of other commands, which are to come next."""
    return _text(error, [f"--{name}" for name in error.settings])


def _text(error: GapJunctionError, options: Sequence[str]) -> str:
    return f"{error} ({', '.join(options)})" if options else str(error)

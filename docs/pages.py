"""The pages of the documentation's site that are written from the code: commands and Python API."""

from typing import TYPE_CHECKING

import gapjunction
from gapjunction.cli import VERBS, Verb, config_class_of
from gapjunction.commands.option_names import option_of
from gapjunction.config import StrictConfig

if TYPE_CHECKING:  # mkdocs calls this file, and comes with the extra docs
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """Add the pages: what mkdocs calls once it has found the others."""
    from mkdocs.structure.files import File  # noqa: PLC0415

    for name, content in (("commands.md", commands_page()), ("api.md", api_page())):
        files.append(File.generated(config, name, content=content))
    return files


def commands_page() -> str:
    """Return the page of all commands, with a row for each of their options."""
    parts = ["# Commands", "As `gapjunction COMMAND --help` lists them."]
    for verb in VERBS:
        parts += [f"## gapjunction {' '.join(verb.words)}", verb.summary, _table(verb)]
    return "\n\n".join(parts) + "\n"


def api_page() -> str:
    """Return the page of what `import gapjunction` gives, from its docstrings."""
    listed = [name for name in gapjunction.__all__ if not name.startswith("__")]
    parts = ["# Python API", "What `import gapjunction as gj` gives ([how to use it](python.md))."]
    parts += [f"::: {_home(name)}" for name in listed]
    return "\n\n".join(parts) + "\n"


def _home(name: str) -> str:
    return f"{getattr(gapjunction, name).__module__}.{name}"


def _table(verb: Verb) -> str:
    rows = ["| option | default | |", "|---|---|---|"]
    rows += [_row(name, config_class_of(verb)) for name in config_class_of(verb).model_fields]
    return "\n".join(rows)


def _row(name: str, config_class: type[StrictConfig]) -> str:
    field = config_class.model_fields[name]
    default = "required" if field.is_required() else _shown(field.default)
    return f"| `{option_of(name, field)}` | {default} | {_escaped(field.description or '')} |"


def _shown(default: object) -> str:
    if default in (None, (), False):
        return ""
    listed = default if isinstance(default, tuple) else (default,)
    return ", ".join(f"`{each}`" for each in listed)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")

"""The command line: arguments become a config, the config goes to a command.

Options are the fields of the command's config, so that each default is written once. A user's
mistake is one line on standard error and exit code 2.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from inspect import Parameter, Signature, get_annotations
from io import TextIOWrapper
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from gapjunction.commands.failures import shortage_or_system_line
from gapjunction.commands.option_names import option_of, with_options
from gapjunction.config import StrictConfig, build_config
from gapjunction.errors import GapJunctionError
from gapjunction.given_paths import fault_of_empty, require_usable_paths
from gapjunction.terminal import is_silent, process_index, show_messages
from gapjunction.text import visible
from gapjunction.version import __version__

USER_ERROR, INTERRUPTED = 2, 130


class Verb(NamedTuple):
    """A command: words, module with `run`, config and, where it is another, the module of that."""

    words: tuple[str, ...]
    module: str
    config: str
    summary: str
    config_module: str | None = None


VERBS = (
    Verb(("validate",), "validate", "ValidateConfig", "List everything wrong with datasets."),
    Verb(
        ("convert",),
        "convert.command",
        "ConvertConfig",
        "Convert datasets to COCO (dino format), or from and to other formats.",
    ),
    Verb(("create",), "create", "CreateConfig", "Make a dataset of microscope files."),
    Verb(("simulate",), "simulate", "SimulateConfig", "Write a simulated dataset."),
    Verb(("train",), "train", "TrainConfig", "Train a detector on datasets.", "runs.config"),
    Verb(
        ("predict",),
        "predict.command",
        "PredictConfig",
        "Find and count objects in images.",
        "commands.predict.config",
    ),
    Verb(
        ("measure",),
        "measure",
        "MeasureConfig",
        "Measure predicted or annotated objects: size, shape, light.",
    ),
    Verb(("publish",), "publish", "PublishConfig", "Put predictions into a platform dataset."),
    Verb(("review",), "review", "ReviewConfig", "Look at boxes and correct them in a browser."),
    Verb(
        ("export",), "export", "ExportConfig", "Write a model as one file: zip, ONNX, BioImage.IO."
    ),
    Verb(
        ("import-weights",),
        "import_weights",
        "ImportWeightsConfig",
        "Turn published weights of DINO into a run folder.",
    ),
    Verb(("pipeline",), "pipeline", "PipelineConfig", "Convert, train, predict and benchmark."),
    Verb(
        ("benchmark", "counts"),
        "benchmark.counts",
        "BenchmarkCountsConfig",
        "Compare predicted object counts with ground truth.",
        "commands.benchmark.config",
    ),
    Verb(
        ("benchmark", "segmentation"),
        "benchmark.segmentation",
        "BenchmarkSegmentationConfig",
        "Compare predicted masks with ground truth.",
        "commands.benchmark.config",
    ),
    Verb(
        ("benchmark", "detection"),
        "benchmark.detection",
        "BenchmarkDetectionConfig",
        "Compare predicted boxes with ground truth.",
        "commands.benchmark.config",
    ),
    Verb(
        ("benchmark", "stacks"),
        "benchmark.stacks",
        "BenchmarkStacksConfig",
        "Compare plaques, linked through slices, with ground truth.",
        "commands.benchmark.config",
    ),
    Verb(
        ("benchmark", "compare"),
        "benchmark.compare",
        "BenchmarkCompareConfig",
        "Tell whether two sets of predictions differ.",
        "commands.benchmark.config",
    ),
    Verb(("log",), "log", "LogConfig", "Log to MLflow what could not be logged before."),
    Verb(
        ("report",),
        "report.command",
        "ReportConfig",
        "Compare groups of assets on one HTML page.",
        "commands.report.config",
    ),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name and exit with its code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    show_messages()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal cannot show is no error
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(given))


def run(arguments: list[str]) -> int:
    """Run a command and return its exit code: 0, 1 (problems found), 2 (user's error) or 130."""
    if (fault := fault_of_empty(arguments)) is not None:
        return _complain(fault)
    try:
        code = build_app(arguments)(arguments, prog_name="gapjunction", standalone_mode=False)
    except GapJunctionError as error:
        return _complain(with_options(error, config_class_of(_verb_of(arguments))))
    except typer.TyperException as error:
        shown = error.format_message() if hasattr(error, "format_message") else str(error)
        return _complain(f"{shown} Try 'gapjunction {' '.join(_words(arguments))} --help'.")
    except (OSError, MemoryError, RuntimeError, ImportError) as error:
        line = shortage_or_system_line(error, _settings_of(arguments))
        if line is None:
            raise
        return _complain(line)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:  # what typer returns after Ctrl-C
        _complain("interrupted; what is finished is kept")
    return code if isinstance(code, int) else 0


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Return the application; only the settings of the command in `arguments` are imported.

    Importing torch takes seconds, which a mistake in the options need not take to be told.
    """
    app = typer.Typer(
        help="Detect and count gap junctions in fluorescence microscopy images.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # which takes the brackets of pip install ".[onnx]" for its own
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options_of_all)
    groups: dict[str, typer.Typer] = {}
    for verb in VERBS:
        parent = app
        if len(verb.words) > 1:
            group = verb.words[0]
            if group not in groups:
                groups[group] = typer.Typer(no_args_is_help=True, help="Compare predictions.")
                app.add_typer(groups[group], name=group)
            parent = groups[group]
        is_asked_for = tuple(_words(arguments))[: len(verb.words)] == verb.words
        command = _command(verb) if is_asked_for else _placeholder
        parent.command(verb.words[-1], help=verb.summary)(command)
    return app


def config_class_of(verb: Verb) -> type[StrictConfig]:
    """Return the settings of a command, whose module is imported for that."""
    module = f"gapjunction.{verb.config_module}" if verb.config_module else _module(verb)
    config_class: type[StrictConfig] = getattr(import_module(module), verb.config)
    return config_class


def _words(arguments: Sequence[str]) -> list[str]:
    """Return the words that name the command: those before the first option, two at most."""
    words = []
    for argument in arguments[:2]:
        if argument.startswith("-"):
            break
        words.append(argument)
    is_group = bool(words) and any(len(v.words) > 1 and v.words[0] == words[0] for v in VERBS)
    return words if is_group else words[:1]


def _verb_of(arguments: Sequence[str]) -> Verb:
    words = tuple(_words(arguments))
    return next(verb for verb in VERBS if verb.words == words)


def _settings_of(arguments: Sequence[str]) -> list[str]:
    """Return the settings of the command; none where it cannot even be imported."""
    try:
        return list(config_class_of(_verb_of(arguments)).model_fields)
    except (ImportError, MemoryError, StopIteration):
        return []


def _placeholder() -> None:
    """Stand in the list of commands for one that was not asked for."""


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"gapjunction {__version__}")
        raise typer.Exit


def _options_of_all(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", is_eager=True, callback=_show_version
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def _command(verb: Verb) -> Callable[..., int]:
    """Return a function with an option for each field of the verb's config."""
    config_class = config_class_of(verb)

    def command(**values: Any) -> int:
        config = build_config(config_class, values, "command line")
        require_usable_paths(config)
        result = import_module(_module(verb)).run(config)  # imports much: memory may be lacking
        typer.echo(visible(str(result)))
        return int(getattr(result, "exit_code", 0))

    fields = config_class.model_fields
    parameters = [_parameter(name, fields[name]) for name in _own_first(config_class)]
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _module(verb: Verb) -> str:
    return f"gapjunction.commands.{verb.module}"


def _own_first(config_class: type[StrictConfig]) -> list[str]:
    """Return the settings of a verb as it lists them, and behind them those it shares."""
    own = [name for name in get_annotations(config_class) if name in config_class.model_fields]
    return [*own, *(name for name in config_class.model_fields if name not in own)]


def _parameter(name: str, field: FieldInfo) -> Parameter:
    """Return a config's field as typer wants to see it."""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    shown = option_of(name, field)
    about: Any
    if extra.get("positional"):
        about = typer.Argument(help=field.description, metavar=shown)
    else:
        names = [shown, *([str(extra["alias"])] if "alias" in extra else [])]
        about = typer.Option(*names, help=field.description)
    default = Parameter.empty if field.is_required() else field.default
    annotation = _plain_type(field.annotation)
    if isinstance(default, tuple):
        default = list(default)
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, about]
    )


def _plain_type(annotation: Any) -> Any:
    """Return the type behind constraints, which pydantic checks; a tuple becomes a list."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _plain_type(inner[0])
    if origin in (Union, UnionType):
        (kind,) = (_plain_type(each) for each in inner if each is not NoneType)
        return kind | None if origin is not Literal else annotation
    if origin is tuple:  # typer knows no lists of choices; pydantic checks them
        is_choice = get_origin(inner[0]) is Literal
        return list[str] if is_choice else list[_plain_type(inner[0])]  # type: ignore[misc]
    return annotation


def _complain(line: str) -> int:
    speaker = f"gapjunction (process {process_index()})" if is_silent() else "gapjunction"
    sys.stderr.write(f"{speaker}: {visible(' '.join(line.split()))}\n")
    return USER_ERROR

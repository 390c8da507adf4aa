"""Tests for `gapjunction.cli`."""

import runpy
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import pytest

from builders import build_dataset
from gapjunction import cli
from gapjunction.commands import validate
from gapjunction.commands.convert import command as convert
from gapjunction.commands.option_names import option_of
from gapjunction.errors import GapJunctionError

SCRIPTS = sorted(Path(__file__).parents[1].glob("scripts/*.py"))


def test_run__command_with_problems__gives_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_dataset(tmp_path / "set")
    next(root.rglob("Detection/*.json")).write_text("{")
    assert cli.run(["validate", str(root)]) == 1
    assert "1 error" in capsys.readouterr().out


def test_run__healthy_dataset__exits_with_zero(tmp_path: Path) -> None:
    assert cli.run(["validate", str(build_dataset(tmp_path / "set"))]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["validate", "no/such/folder"],
            "no/such/folder: expected a dataset (a folder or a zip file), found nothing",
        ),
        (["validate", "--bad"], "No such option"),
        (["no_such_command"], "No such command"),
        (["simulate"], "Missing argument"),
        (["simulate", "out", "--size", "5"], "command line: size: expected greater than"),
        (["simulate", "out", "--size", "wide"], "'--size': Input should be a valid integer"),
        (["simulate", "out", "--kind", "mouse"], "'mouse'"),
        (["benchmark", "sums"], "No such command"),
    ],
)
def test_run__user_error__is_one_line_and_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(arguments) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert words in complaint


def test_run__error_that_names_settings__shows_the_options_that_the_command_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ("from_format", "no_setting_of_convert", "output")
    error = GapJunctionError("a", expected="b", found="c", fix="d", settings=settings)
    with patch.object(convert, "run", side_effect=error):
        assert cli.run(["convert", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "gapjunction: a: expected b, found c; d (--from, --output)\n"


def test_run__disk_error__is_one_line_that_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = build_dataset(tmp_path / "set")
    full = OSError(28, "No space left on device", "report.json")
    with patch.object(validate, "run", side_effect=full):
        assert cli.run(["validate", str(root)]) == 2
    said = capsys.readouterr().err
    assert f"report.json: No space left on device: the disk of the folder {Path.cwd()} is" in said


def test_run__interrupted__exits_with_130(tmp_path: Path) -> None:
    with patch.object(validate, "run", side_effect=KeyboardInterrupt):
        assert cli.run(["validate", str(tmp_path)]) == 130


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([""], "command line: expected a value, found ''"),
        (["no such verb", ""], "command line: expected a value"),
        (["predict", ""], "command line: expected a value"),
        (["predict", "images", "--output", ""], "command line: --output: expected a value"),
        (["predict", "images", "--output="], "command line: --output: expected a value"),
    ],
)
def test_run__empty_path__is_not_the_current_folder(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(arguments) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_run__version__is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("gapjunction 0.")


def test_run__help__keeps_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["predict", "--help"])
    assert '".[onnx]"' in capsys.readouterr().out.replace("\n", " ")


def test_run__help__lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    cli.run(["--help"])
    shown = capsys.readouterr().out
    assert all(verb.words[0] in shown for verb in cli.VERBS)


@pytest.mark.parametrize("verb", cli.VERBS, ids=lambda verb: " ".join(verb.words))
def test_verbs__module__has_what_runs_the_command(verb: cli.Verb) -> None:
    assert callable(import_module(f"gapjunction.commands.{verb.module}").run)


@pytest.mark.parametrize("verb", cli.VERBS, ids=lambda verb: " ".join(verb.words))
def test_run__help_of_a_verb__names_each_field_of_its_config(
    verb: cli.Verb, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.run([*verb.words, "--help"]) == 0
    shown = capsys.readouterr().out
    for name, field in cli.config_class_of(verb).model_fields.items():
        assert option_of(name, field) in shown


def test_run__help_of_a_verb__lists_its_own_settings_before_those_it_shares(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cli.run(["benchmark", "counts", "--help"])
    text = capsys.readouterr().out
    places = [text.index(f"--{name}") for name in ("ground_truth_dir", "predictions_dir", "groups")]
    assert places == sorted(places)


def test_run__several_positional_values__reach_the_config(tmp_path: Path) -> None:
    first = build_dataset(tmp_path / "first", num_assets=3)
    second = build_dataset(tmp_path / "second", num_assets=3)
    out = tmp_path / "out"
    assert cli.run(["convert", str(first), str(second), "--output", str(out)]) == 0
    assert {"first", "second"} <= set((out / "manifest.json").read_text().split('"'))


def test_validate__does_not_import_torch(tmp_path: Path) -> None:
    root = build_dataset(tmp_path / "set")
    code = (
        "import sys; from gapjunction import cli; "
        f"cli.run(['validate', {str(root)!r}]); print('torch' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize(
    "script",
    [path for path in SCRIPTS if path.name != "measure_house.py"],
    ids=lambda path: path.stem,
)
def test_scripts__are_wrappers_of_at_most_ten_lines(script: Path) -> None:
    assert len(script.read_text().splitlines()) <= 10


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts__help__ends_well(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [str(script), "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(script), run_name="__main__")
    assert not ended.value.code

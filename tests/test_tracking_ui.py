"""Tests that `mlflow ui` shows our runs in MLflow, as a user would start it."""

import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow_page import fetch, outside_environment, served

LOG_ONE_RUN = """
    from gapjunction.tracking.store import choose_store
    from gapjunction.tracking.runs import RunRecord, log_run

    metrics = {"mae": 1.25, "gap_junction.mae": 1.25}
    params = {"git_commit": "01234"}
    record = RunRecord("object_counts", "seen", metrics, params, "0" * 40)
    link = log_run(record, choose_store(None))
    print(link.ui_command)
"""


def run_python(code: str, working_dir: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=working_dir,
        env=outside_environment(),
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.slow
def test_log_run__in_a_process_of_its_own__says_nothing_and_asks_no_network(
    tmp_path: Path,
) -> None:
    watch = """
    import socket, sys, time
    asked = []
    socket.getaddrinfo = lambda *args, **kwargs: asked.append(args[0]) or []
    """
    finished = run_python(
        textwrap.dedent(watch)
        + textwrap.dedent(LOG_ONE_RUN)
        + "\ntime.sleep(3)\nprint(asked, file=sys.stderr)",
        tmp_path,
    )
    assert finished.stderr == "[]\n"


@pytest.fixture(params=["fresh folder", "old file store"])
def mlflow_page(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Log a run in the default store, start the named command, and give the page's address."""
    if request.param == "old file store":
        (tmp_path / "mlruns" / "0").mkdir(parents=True)
        (tmp_path / "mlruns" / "0" / "meta.yaml").write_text("name: Default\n")
    command = run_python(LOG_ONE_RUN, tmp_path).stdout.split()
    with served(command, tmp_path) as address:
        yield address


@pytest.mark.slow
def test_log_run__default_store__is_seen_on_the_page_of_mlflow_ui(mlflow_page: str) -> None:
    assert re.search("<title>.*MLflow", fetch(mlflow_page))
    api = f"{mlflow_page}/api/2.0/mlflow"
    experiment = json.loads(fetch(f"{api}/experiments/get-by-name?experiment_name=object_counts"))[
        "experiment"
    ]
    answer = fetch(f"{api}/runs/search", {"experiment_ids": [experiment["experiment_id"]]})
    [run] = json.loads(answer)["runs"]
    metrics = {metric["key"]: metric["value"] for metric in run["data"]["metrics"]}
    assert metrics == {"mae": 1.25, "gap_junction.mae": 1.25}

"""Tests for `gapjunction.cluster.job_queue`: scripts are checked as text, no queue is at hand."""

from pathlib import Path

import pytest

from gapjunction.cluster.job_queue import JobQueueConfig, job_script, read_job_queue
from gapjunction.errors import ConfigError

SETTINGS = """\
system: slurm
jobs: 20
cores: 8
memory: 32GB
walltime: "04:00:00"
queue: short
account: microscopy
directives: ["--gpus=1"]
prologue: ["source .venv/bin/activate"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "jobs.yaml"
    path.write_text(text)
    return path


def test_read_job_queue__all_settings__are_taken(tmp_path: Path) -> None:
    config = read_job_queue(written(tmp_path, SETTINGS))
    assert (config.system, config.jobs, config.directives) == ("slurm", 20, ("--gpus=1",))


@pytest.mark.parametrize(
    ("text", "named"),
    [("system: condor\n", "system"), (SETTINGS + "nodes: 2\n", "nodes"), ("jobs: 0\n", "system")],
)
def test_read_job_queue__setting_that_is_wrong__is_named(
    tmp_path: Path, text: str, named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        read_job_queue(written(tmp_path, text))


@pytest.mark.long
def test_job_script__slurm__asks_for_what_the_file_says(tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue", reason="comes with the extra cluster")
    lines = job_script(read_job_queue(written(tmp_path, SETTINGS))).splitlines()
    assert {
        "#SBATCH -p short",
        "#SBATCH -A microscopy",
        "#SBATCH -n 1",
        "#SBATCH --cpus-per-task=8",
        "#SBATCH --mem=30G",
        "#SBATCH -t 04:00:00",
        "#SBATCH --gpus=1",
        "source .venv/bin/activate",
    } <= set(lines)
    assert "--nthreads 8" in lines[-1]
    assert "dask_worker" in lines[-1]


def test_job_script__pbs__asks_for_what_the_file_says() -> None:
    pytest.importorskip("dask_jobqueue", reason="comes with the extra cluster")
    config = JobQueueConfig(
        system="pbs",
        jobs=1,
        cores=8,
        memory="32GB",
        walltime="04:00:00",
        queue="short",
        account="microscopy",
    )
    lines = job_script(config).splitlines()
    assert {
        "#PBS -q short",
        "#PBS -A microscopy",
        "#PBS -l select=1:ncpus=8:mem=30GB",
        "#PBS -l walltime=04:00:00",
    } <= set(lines)


@pytest.mark.parametrize(("system", "charged"), [("lsf", '#BSUB -P "rats"'), ("sge", "#$ -P rats")])
def test_job_script__lsf_and_sge__charge_the_account(system: str, charged: str) -> None:
    pytest.importorskip("dask_jobqueue", reason="comes with the extra cluster")
    settings = {"system": system, "jobs": 1, "cores": 1, "memory": "4GB", "walltime": "01:00"}
    config = JobQueueConfig.model_validate(settings | {"account": "rats"})
    assert charged in job_script(config).splitlines()

"""Jobs of a queueing system: how a YAML file describes them, and what is submitted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from gapjunction.config import StrictConfig, read_config
from gapjunction.optional_packages import import_optional

System = Literal["slurm", "pbs", "lsf", "sge"]

CLASSES: dict[System, str] = {
    "slurm": "SLURMCluster",
    "pbs": "PBSCluster",
    "lsf": "LSFCluster",
    "sge": "SGECluster",
}
PROJECT_IS_CALLED: dict[System, str] = {
    "slurm": "account",
    "pbs": "account",
    "lsf": "project",
    "sge": "project",
}


class JobQueueConfig(StrictConfig):
    """The jobs that work, each with its share of the images.

    Attributes:
        jobs: how many are submitted; work begins with the first that runs.
        cores: of a job; as many images are worked on at a time, each on one core.
        memory: of a job, as "32GB".
        walltime: after which the queue ends a job, as "04:00:00".
        account: that is charged.
        interface: network that the nodes reach each other on, as "ib0".
        log_directory: where jobs write what they say.
        directives: further lines for the queue, as "--gpus=1" for SLURM.
        prologue: lines of shell before the work, as "source .venv/bin/activate".
    """

    system: System
    jobs: int = Field(ge=1, le=10_000)
    cores: int = Field(ge=1, le=10_000)
    memory: str
    walltime: str
    queue: str | None = None
    account: str | None = None
    interface: str | None = None
    log_directory: str | None = None
    directives: tuple[str, ...] = ()
    prologue: tuple[str, ...] = ()


def read_job_queue(path: Path) -> JobQueueConfig:
    """Read the description of jobs.

    Raises:
        ConfigError: if it cannot be read, or a setting is wrong.
    """
    return read_config(JobQueueConfig, path)


def job_queue_cluster(config: JobQueueConfig) -> Any:
    """Return a cluster of Dask that submits such jobs once it is scaled.

    Raises:
        ConfigError: if dask-jobqueue is not installed.
    """
    make: Callable[..., Any] = getattr(import_optional("dask_jobqueue"), CLASSES[config.system])
    charged = {PROJECT_IS_CALLED[config.system]: config.account} if config.account else {}
    return make(
        cores=config.cores,
        processes=1,
        memory=config.memory,
        walltime=config.walltime,
        queue=config.queue,
        interface=config.interface,
        log_directory=config.log_directory,
        job_extra_directives=list(config.directives),
        job_script_prologue=list(config.prologue),
        **charged,
    )


def job_script(config: JobQueueConfig) -> str:
    """Return the script of one job, as it is given to the queue.

    Raises:
        ConfigError: if dask-jobqueue is not installed.
    """
    with job_queue_cluster(config) as cluster:
        return str(cluster.job_script())

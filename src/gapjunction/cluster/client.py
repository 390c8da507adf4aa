"""Opens the cluster that work goes to, and closes it in the end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from gapjunction.cluster.job_queue import job_queue_cluster, read_job_queue
from gapjunction.cluster.place import Here, Place, Queue, Running, num_cores
from gapjunction.errors import ConfigError
from gapjunction.optional_packages import import_optional
from gapjunction.text import counted

logger = logging.getLogger(__name__)

PATIENCE_S = 30.0  # for a scheduler to answer


def require_place(place: Place) -> None:
    """Refuse a place that there cannot be, before seconds are spent on anything else.

    Raises:
        ConfigError: if packages are not installed, or the description of a queue is wrong.
    """
    import_optional("distributed")
    if isinstance(place, Queue):
        read_job_queue(place.path)
        import_optional("dask_jobqueue")


@contextmanager
def opened_client(place: Place, num_devices: int) -> Iterator[Any]:
    """Give a client of Dask with the workers of `place`; what was begun for it is ended after.

    Workers on this machine are one for each of its `num_devices`, or for each core if there are
    none, where their number is not given.

    Raises:
        ConfigError: if packages are not installed, or a scheduler does not answer.
    """
    distributed = import_optional("distributed")
    for name in ("distributed", "distributed.client"):  # we say what is lost, and why
        logging.getLogger(name).setLevel(logging.CRITICAL)
    match place:
        case Here():
            cluster = _here(distributed, workers_here(place, num_devices))
        case Running():
            cluster = None
        case Queue():
            config = read_job_queue(place.path)
            cluster = job_queue_cluster(config)
            cluster.scale(jobs=config.jobs)
            logger.info("submitted %s to %s", counted(config.jobs, "job"), config.system)
    try:
        with _client(distributed, cluster, place) as client:
            if find_spec("bokeh") is not None:  # which draws it
                logger.info("dashboard: %s", client.dashboard_link)
            yield client
    finally:
        if cluster is not None:
            cluster.close()


def workers_here(place: Here, num_devices: int) -> int:
    """Return how many workers there are to be on this machine."""
    return place.num_workers or num_devices or num_cores()


def _here(distributed: Any, num_workers: int) -> Any:
    """Return workers that are threads of this process: what they begin are processes."""
    return distributed.LocalCluster(
        n_workers=num_workers,
        threads_per_worker=1,
        processes=False,
        dashboard_address=":0",
        memory_limit=0,
    )


def _client(distributed: Any, cluster: Any, place: Place) -> Any:
    if not isinstance(place, Running):
        return distributed.Client(cluster)
    try:
        return distributed.Client(place.address, timeout=PATIENCE_S)
    except (OSError, ValueError) as error:
        raise ConfigError(
            place.address,
            expected="the address of a running scheduler",
            found=f"none that answers ({type(error).__name__})",
            fix="start one with 'dask scheduler', or check the address",
            settings=("cluster",),
        ) from None

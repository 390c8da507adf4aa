"""Read the next image and write the last one's files while the network works on this one.

Decoders and disks leave the interpreter to others while they work, so that a thread each is
enough. At most one image is read ahead, and none beside a large one, which would fill memory.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import zip_longest

from gapjunction.images.pictures import ImageArray
from gapjunction.samples.picture import Picture

LARGE_PX = 50_000_000  # an image with more pixels is in memory alone

Job = Callable[[], None]


def read_ahead(files: Sequence[Picture]) -> Generator["Future[ImageArray]"]:
    """Yield each image in order, with all its channels, read or being read.

    Errors come out of `Future.result`.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        ahead: Future[ImageArray] | None = None
        for file, following in zip_longest(files, files[1:]):
            picture = ahead or pool.submit(file.read_whole)
            ahead = None
            is_small = max(file.num_pixels, following.num_pixels if following else 0) <= LARGE_PX
            if following is not None and is_small:
                ahead = pool.submit(following.read_whole)
            yield picture
            del picture  # or it would stay in memory while the next is read


@contextmanager
def write_behind() -> Iterator[Callable[[Job], None]]:
    """Give a function that starts a job in a thread once the job before has ended.

    What a job raises is raised by the next start, or at the end. The last job is always finished.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        running: list[Future[None]] = []

        def start(job: Job) -> None:
            if running:
                running.pop().result()
            running.append(pool.submit(job))

        yield start
        if running:
            running.pop().result()


def is_large(image: ImageArray) -> bool:
    """Tell whether an image (C, H, W) should be in memory alone."""
    return int(image[0].size) > LARGE_PX

"""What happens while a page is open, for every window that listens."""

import threading
from collections import deque
from typing import Any

MOST_KEPT = 1000


class Events:
    """The last events, numbered; any thread may tell one, and any may ask for those since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[tuple[int, dict[str, Any]]] = deque(maxlen=MOST_KEPT)
        self._number, self._is_closed = 0, False

    @property
    def number(self) -> int:
        """The number of the last event."""
        return self._number

    @property
    def is_closed(self) -> bool:
        """Whether nobody is to listen any more."""
        return self._is_closed

    def close(self) -> None:
        """Let those who listen go."""
        self._is_closed = True

    def tell(self, kind: str, **what: Any) -> None:
        """Add an event."""
        with self._lock:
            self._number += 1
            self._kept.append((self._number, {"type": kind, **what}))

    def since(self, number: int) -> tuple[int, list[dict[str, Any]]]:
        """Return the number of the last event and the events after one with a number."""
        with self._lock:
            return self._number, [event for at, event in self._kept if at > number]

"""Find what is in one image in a process of its own, and print the most memory it took, in MB."""

import importlib
import json
import re
import sys
from pathlib import Path

from gapjunction.images.pictures import read_picture

KB_PER_MB = 1000
BYTES_PER_KB = 1000 if sys.platform == "darwin" else 1  # macOS counts bytes
STATUS = Path("/proc/self/status")


def main(asked_json: str) -> None:
    """Print the peak; what is asked for comes as JSON from `bench.cost`."""
    asked = json.loads(asked_json)
    module = importlib.import_module(asked["module"])
    settings = getattr(module, asked["settings_class"]).model_validate(asked["settings"])
    module.prepare(settings)(read_picture(Path(asked["image"])))
    sys.stdout.write(f"\n{read_peak_kb() / KB_PER_MB:.0f}\n")


def read_peak_kb() -> float:
    """Return the most memory that this process has had so far, in kB.

    Linux tells it by the process's own file. `getrusage` there also counts the memory of the
    process that started this one, as it was before this one had memory of its own.
    """
    if STATUS.is_file():
        peak = re.search(r"^VmHWM:\s+(\d+) kB$", STATUS.read_text(encoding="utf-8"), re.MULTILINE)
        if peak is not None:
            return float(peak[1])
    import resource  # noqa: PLC0415 - Windows has none

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / BYTES_PER_KB


if __name__ == "__main__":
    main(sys.argv[1])

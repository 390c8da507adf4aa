"""Where a result comes from: package version and git commit."""

import subprocess
from pathlib import Path

UNKNOWN = "unknown"


def git_commit(folder: Path | None = None) -> str:
    """Return the commit (40 hexadecimal digits) checked out in `folder`, by default here.

    Outside a git repository, before the first commit, or without git it is 'unknown'.
    """
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "--verify", "HEAD"],  # noqa: S607 - git is wherever PATH has it
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN
    return answer.stdout.strip() or UNKNOWN

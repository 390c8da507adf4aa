"""Where a result comes from: the git commit of the folder it was made in."""

import subprocess
from pathlib import Path

UNKNOWN = "unknown"


def git_commit(folder: Path | None = None) -> str:
    """Return the commit (40 hexadecimal digits) of the repository that `folder` lies in.

    By default that is the working directory's repository. It is this package's commit only where
    one works in its own repository; otherwise the package's version tells which code ran.
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

"""Debian's Chromium without a screen, to see pages as a reader does."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

TIME_BUDGET_MS = 20_000  # of the page's own clock, which runs ahead while nothing happens
SECONDS = 120


def require_chromium() -> str:
    """Return the program, or skip the test where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs chromium on the PATH: apt-get install chromium")
    return program


def page_text(address: str, profile: Path) -> str:
    """Return the text that a page shows once its scripts have run, tags left out."""
    html = _chromium(profile, "--dump-dom", address)
    return re.sub(r"\s+", " ", re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", html, flags=re.S))


def screenshot(address: str, profile: Path, path: Path, size: str = "1400,1200") -> None:
    """Write what the page looks like in a window of `size` as PNG."""
    _chromium(profile, f"--window-size={size}", f"--screenshot={path}", address)


def print_pdf(address: str, profile: Path, path: Path) -> None:
    """Write the page as it would be printed."""
    _chromium(profile, "--no-pdf-header-footer", f"--print-to-pdf={path}", address)


def _chromium(profile: Path, *options: str) -> str:
    answer = subprocess.run(
        [
            require_chromium(),
            "--headless=new",
            "--no-sandbox",  # containers and root have none
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            f"--virtual-time-budget={TIME_BUDGET_MS}",
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return answer.stdout

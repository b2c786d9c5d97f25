"""Real processes for tests: `campanile` commands, Celery workers, a whole `campanile serve`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLI = [sys.executable, "-c", "from campanile_platform.cli import main; main()"]
_OURS = ("DATABASE_URL", "BROKER_URL", "CAMPANILE_STATE", "CAMPANILE_MODULES_PATH", "CENTRE_NAME", "SECRET_KEY",
         "PUBLIC_PORT_SUFFIX")  # fmt: skip


def clean_environment(state: Path, **changes: str) -> dict[str, str]:
    """An environment for a Campanile of its own in `state`."""
    environment = {name: value for name, value in os.environ.items() if name not in _OURS}
    environment["DJANGO_SETTINGS_MODULE"] = "campanile_platform.config.settings.embedded"
    return environment | {"CAMPANILE_STATE": str(state), "COLUMNS": "200", "LANGUAGE": "it"} | changes


def campanile(state: Path, *arguments: str, seconds: int = 120, **changes: str) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    return subprocess.run(
        [*CLI, *arguments], env=clean_environment(state, **changes), capture_output=True, text=True,
        timeout=seconds, check=False, cwd=ROOT,
    )  # fmt: skip


class Serving:
    """A running `campanile serve` or `campanile demo`."""

    def __init__(self, state: Path, command: str = "serve", **changes: str) -> None:
        self.process = subprocess.Popen(
            [*CLI, command], env=clean_environment(state, **changes), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=ROOT,
        )  # fmt: skip
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.rstrip() for line in self.process.stdout)

    def _read_lines(self) -> str:
        return "\n".join(self.lines)

    def wait_for(self, pattern: str, seconds: float = 240) -> re.Match[str]:
        """Waits until the output matches; shows the output when it never does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, "\n".join(self.lines)):
                return found
            if self.process.poll() is not None and not self._reader.is_alive():
                break
            time.sleep(0.05)
        raise AssertionError(f"{pattern!r} never came:\n" + "\n".join(self.lines[-60:]))

    def port(self) -> int:
        """The web port, when the first page answers."""
        return int(self.wait_for(r"centre\s+http://localhost:(\d+)/")[1])

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Stops it and returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def serving(state: Path, command: str = "serve", **changes: str) -> Iterator[Serving]:
    """A running Campanile, stopped however the block ends. `changes`: of its environment."""
    running = Serving(state, command, **changes)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()


@contextmanager
def worker(lane: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker on one lane."""
    command = [
        sys.executable, "-m", "celery", "--quiet", "-A", "campanile_platform.config.celery:app", "worker",
        "--loglevel", "WARNING", "-Q", lane, "-P", "threads", "-c", "8", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def descendants(pid: int) -> list[tuple[int, str]]:
    """(pid, command line) of the children of a process."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = []
    for child in map(int, children):
        command = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        found.append((child, command))
    return found

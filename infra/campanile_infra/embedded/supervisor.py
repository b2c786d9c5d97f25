"""One parent for all processes: prefixed logs, a crash is restarted and said, one Ctrl-C stops all."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from campanile_infra.embedded.children import spawn

_COLOURS = (36, 32, 35, 33, 34, 96, 92, 95, 93, 94)
_LONGEST_PAUSE = 30.0
_STEADY_AFTER = 60.0


@dataclass
class Service:
    """What to run and how to stop it. `start` may replace the plain `command`.

    `patience` is how many seconds it may take to stop before it is killed.
    """

    name: str
    command: list[str] = field(default_factory=list)
    environment: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    start: Callable[[int], subprocess.Popen[bytes]] | None = None
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 0.5
    restart_at: float | None = None


class Supervisor:
    """Runs services until told to stop. Stops them in the reverse order of their start."""

    def __init__(self, write: Callable[[str], object] = sys.stdout.write) -> None:
        self._services: list[Service] = []
        self._lines: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
        self._write = write
        self._stopping = False  # not an Event: its lock would hang when a second signal interrupts the first
        self._coloured = sys.stdout.isatty()
        for number in (signal.SIGINT, signal.SIGTERM):  # now: a shell may have started us with SIGINT ignored
            signal.signal(number, self.request_stop)

    def launch(self, service: Service) -> subprocess.Popen[bytes]:
        """Starts a service and watches it from now on."""
        self._services.append(service)
        return self._start(service)

    def say(self, line: str) -> None:
        """Prints a line of our own."""
        self._print("campanile", line)

    def request_stop(self, *_: object) -> None:
        """Asks `run` to return. Safe in a signal handler."""
        self._stopping = True

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopping

    def run(self) -> None:
        """Passes logs on and restarts what crashes, until SIGINT, SIGTERM or `request_stop`."""
        while not self._stopping:
            self.drain(0.2)
            self._look_after()

    def drain(self, seconds: float = 0.0) -> None:
        """Prints the lines that have arrived, waiting at most `seconds` for the first."""
        try:
            name, line = self._lines.get(timeout=seconds) if seconds else self._lines.get_nowait()
            while True:
                self._print(name, line.decode(errors="replace").rstrip())
                name, line = self._lines.get_nowait()
        except queue.Empty:
            return

    def stop(self) -> None:
        """Stops every service, the last started first; whoever does not go is killed."""
        self._stopping = True
        for service in reversed(self._services):
            process = service.process
            if process is None or process.poll() is not None:
                continue
            process.send_signal(service.stop_signal)
            try:
                process.wait(service.patience)
            except subprocess.TimeoutExpired:
                self.say(f"{service.name} did not stop within {service.patience:.0f} s and was killed.")
                process.kill()
                process.wait()
        self.drain()

    def _start(self, service: Service) -> subprocess.Popen[bytes]:
        if service.start is not None:
            process = service.start(subprocess.PIPE)
        else:
            process = spawn(service.command, environment=service.environment)
        service.process, service.started_at, service.restart_at = process, time.monotonic(), None
        threading.Thread(target=self._read, args=(service.name, process), daemon=True).start()
        return process

    def _read(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._lines.put((name, line))

    def _look_after(self) -> None:
        now = time.monotonic()
        for service in self._services:
            process = service.process
            if process is None or process.poll() is None:
                continue
            if service.restart_at is None:
                if now - service.started_at > _STEADY_AFTER:
                    service.pause = 0.5
                service.restart_at = now + service.pause
                self.say(
                    f"{service.name} stopped (exit {process.returncode}); starting it again in {service.pause:.1f} s."
                )
                service.pause = min(service.pause * 2, _LONGEST_PAUSE)
            elif now >= service.restart_at:
                self._start(service)

    def _print(self, name: str, line: str) -> None:
        label = f"{name:<13}│"
        if self._coloured:
            label = f"\x1b[{_COLOURS[hash(name) % len(_COLOURS)]}m{label}\x1b[0m"
        self._write(f"{label} {line}\n")
        sys.stdout.flush()

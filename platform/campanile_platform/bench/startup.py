"""`campanile serve` again on an existing database, to the first page; its rival is its own first start."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

from campanile_infra.errors import OperationalProblem
from campanile_platform.bench.report import Must, Result

ROUNDS = 3
_ANSWERS = re.compile(r"answers after ([0-9.]+) s")


def measure() -> Result:
    """Needs free ports; takes about half a minute."""
    first = _start_once()
    again = sorted(_start_once() for _ in range(ROUNDS))[ROUNDS // 2]
    figures = {"first start, empty folder (s)": first, "second start (s)": again}
    return Result("startup", first / again, figures, [Must.at_most("second start to the first page (s)", again, 5)])


def _start_once() -> float:
    """Seconds from the command to the first page, as a person would count them."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", "from campanile_platform.cli import main; main()", "serve"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    seconds = None
    for line in process.stdout:
        if _ANSWERS.search(line):
            seconds = time.perf_counter() - started
            process.send_signal(signal.SIGTERM)
    process.wait(60)
    if seconds is None:
        raise OperationalProblem("campanile serve stopped before it answered.")
    return seconds

"""`campanile bench NAME`."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from rich.table import Table

from campanile_infra.errors import OperationalProblem
from campanile_infra.terminal import console
from campanile_platform.bench.report import Result

NAMES = ("onboarding", "startup", "graphql", "dashboard", "requests", "delivery", "reporting", "portal", "newsletter")


def run(name: str) -> int:
    """One benchmark, or all; returns the exit code: 1 when a limit did not hold."""
    if name == "all":
        return _run_all()
    if name not in NAMES:
        raise OperationalProblem(f"There is no benchmark “{name}”. Benchmarks: {', '.join(NAMES)}, all.")
    measure: Callable[[], Result] = import_module(f"campanile_platform.bench.{name}").measure
    with tempfile.TemporaryDirectory(prefix="campanile-bench-") as folder:
        Path(folder).chmod(0o755)
        for replaced in ("DATABASE_URL", "BROKER_URL"):
            os.environ.pop(replaced, None)
        os.environ["CAMPANILE_STATE"] = folder
        result = measure()
    _show(result)
    return 0 if result.ok else 1


def _show(result: Result) -> None:
    table = Table(title=f"{result.name}: {result.ratio:.1f}x of the rival")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for what, number in result.figures.items():
        table.add_row(what, f"{number:,.2f}")
    for must in result.must:
        table.add_row(f"{'✓' if must.ok else '✗'} {must.what} (limit {must.limit:g})", f"{must.value:,.2f}")
    console.print(table)
    print(result.json(), flush=True)


def _run_all() -> int:
    lines, failed = [], False
    for name in NAMES:  # each in a process of its own: settings are read once a process
        done = subprocess.run(
            [sys.executable, "-m", "campanile_platform.bench", name], stdout=subprocess.PIPE, text=True, check=False
        )
        print(done.stdout, end="")
        failed |= done.returncode != 0
        last = done.stdout.strip().splitlines()[-1:]
        if last and last[0].startswith("{"):
            lines.append(json.loads(last[0]))
    _write_page(lines)
    return int(failed)


def _write_page(results: list[dict[str, object]]) -> None:
    page = Path("docs/benchmarks.md")
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, embedded PostgreSQL 17"
    text = ["# Benchmarks", "", f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine}. Refreshed by `make bench`."]
    for result in results:
        figures, limits = result["figures"], result["must"]
        assert isinstance(figures, dict)
        assert isinstance(limits, list)
        text += [
            "",
            f"## {result['name']}: {result['ratio']}x of the rival",
            "",
            "| figure | value |",
            "| --- | ---: |",
        ]
        text += [f"| {what} | {number:,} |" for what, number in figures.items()]
        text += ["", "| must | value | limit | |", "| --- | ---: | ---: | --- |"]
        for must in limits:
            verdict = "ok" if must["ok"] else "NOT REACHED"
            text.append(f"| {must['what']} | {must['value']:,} | {must['limit']:,} | {verdict} |")
    page.write_text("\n".join(text) + "\n", encoding="utf-8")

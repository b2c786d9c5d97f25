"""The `campanile` command."""

from __future__ import annotations

import os
import sys

import typer

from campanile_infra.errors import OperationalProblem
from campanile_infra.terminal import errors

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Campanile: one centre, many towns.",
)  # fmt: skip


def main() -> None:
    """Runs the command. An expected refusal is one line on stderr and an exit code that is not 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campanile_platform.config.settings.embedded")
    from campanile_platform.cli import bulletins, commands, messages, reports, serving  # noqa: F401 - they register themselves
    from campanile_tenants.contract.errors import CampanileError

    try:
        app()
    except (CampanileError, OperationalProblem) as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))


def _refuse(line: str) -> None:
    errors.print(f"✗ {line}", style="red", markup=False)
    sys.exit(1)

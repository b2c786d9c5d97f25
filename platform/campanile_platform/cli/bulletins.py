"""`campanile bulletins`: the national civil-protection bulletins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from campanile_infra.errors import OperationalProblem
from campanile_infra.terminal import console, errors
from campanile_platform.cli import app
from campanile_platform.machine.environment import environment

bulletins_app = typer.Typer(no_args_is_help=True, help="National civil-protection bulletins.")
app.add_typer(bulletins_app, name="bulletins")


def _say(line: str) -> None:
    console.print(f"[dim]{line}[/dim]")


@bulletins_app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV by zone or municipality, or an index.")],
) -> None:
    """Take in bulletins from files. The same file again changes nothing."""
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise OperationalProblem(f"There is no file {missing[0]}.")
    with environment(_say):
        from campanile_tenants.public.bulletins.errors import NotABulletin
        from campanile_tenants.public.bulletins.services.taking_in import take_in, tell_towns

        unmatched: set[str] = set()
        table = Table("file", "published", "written")
        for file in track(sorted(files), "Bulletins", console=errors, transient=True):
            try:
                taken = take_in(file.read_bytes(), source=file.name)
            except NotABulletin as error:
                raise OperationalProblem(f"{file.name}: {error}") from error
            unmatched |= set(taken.unmatched)
            table.add_row(file.name, ", ".join(map(str, taken.issues)), str(taken.written))
        tell_towns()
        console.print(table)
        for line in sorted(unmatched):
            console.print(f"without a match: {line}")


@bulletins_app.command()
def colours(istat_code: Annotated[str, typer.Argument(help="ISTAT code, as in 097042.")]) -> None:
    """Show a town's colours, today and tomorrow."""
    with environment(_say):
        from campanile_tenants.public.bulletins.services.colours import colours_of

        days = colours_of(istat_code)
        if not days:
            raise OperationalProblem(f"No bulletin says anything of {istat_code} for today or tomorrow.")
        table = Table("day", "zone", "published", "risks")
        for day in days:
            risks = ", ".join(f"{risk.label}: {colour.label}" for risk, colour in day.risks.items())
            table.add_row(str(day.day), str(day.zone), f"{day.published_at:%Y-%m-%d %H:%M}", risks)
        console.print(table)

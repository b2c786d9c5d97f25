"""`campanile reports`: reports of a former program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from campanile_infra.errors import OperationalProblem
from campanile_infra.terminal import console, errors
from campanile_platform.cli import app
from campanile_platform.machine.environment import environment

reports_app = typer.Typer(no_args_is_help=True, help="Reports of problems.")
app.add_typer(reports_app, name="reports")


@reports_app.command("import")
def take_in(
    istat_code: Annotated[str, typer.Argument(help="ISTAT code, as in 097042.")],
    file: Annotated[Path, typer.Argument(help="CSV with a heading: state, day, kind ...")],
    source: Annotated[
        str, typer.Option(help="Name of the former program, when there were several.")
    ] = "former program",
    look: Annotated[bool, typer.Option("--look", help="Only show how it is understood.")] = False,
) -> None:
    """Take in reports from a CSV file. The same reports again change nothing."""
    if not file.is_file():
        raise OperationalProblem(f"There is no file {file}.")
    with environment(lambda line: console.print(f"[dim]{line}[/dim]")):
        from campanile_infra.database.scope import in_schema
        from campanile_modules.reporting.services import importing
        from campanile_platform.onboarding.terminal import find_town
        from campanile_tenants.public.registry.directory import load_town

        town = load_town(pk=find_town(istat_code).pk)
        assert town is not None
        with in_schema(town.schema_name, town):
            shown = importing.preview(file.read_text("utf-8-sig"))
            for word, number in shown.state_words.most_common():
                console.print(f"{number:>7}  {word or '(empty)':<24} → {shown.mapping.states[word]}")
            for word, number in shown.category_words.most_common():
                console.print(f"{number:>7}  {word[:40] or '(empty)':<40} → {shown.mapping.categories[word]}")
            for line, why in shown.problems[:20]:
                errors.print(f"line {line}: {why}", markup=False)
            if look:
                return
            bar = Progress(
                TextColumn("Reports"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=errors
            )
            with bar:
                task = bar.add_task("", total=len(shown.rows))
                written, left = importing.take_in(
                    shown, source=source, progress=lambda done, of: bar.update(task, completed=done, total=of)
                )
        console.print(f"[green]✓[/green] {written} reports taken in, {left} left out.")

"""Commands about towns and modules."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from campanile_infra.errors import OperationalProblem
from campanile_infra.terminal import console, errors
from campanile_platform.cli import app
from campanile_platform.machine.environment import environment, set_up_django, state

module_app = typer.Typer(no_args_is_help=True, help="Switch modules on and off.")
app.add_typer(module_app, name="module")
audit_app = typer.Typer(no_args_is_help=True, help="The audit trails.")
app.add_typer(audit_app, name="audit")
privacy_app = typer.Typer(no_args_is_help=True, help="Personal data.")
app.add_typer(privacy_app, name="privacy")
Town = Annotated[str, typer.Argument(help="ISTAT code, as in 097042.")]


def _say(line: str) -> None:
    console.print(f"[dim]{line}[/dim]")


def _me() -> str:
    return f"{getpass.getuser()} (command line)"


@app.command()
def onboard(
    istat_code: Annotated[str | None, typer.Argument(help="ISTAT code, as in 097042.")] = None,
    csv: Annotated[
        Path | None, typer.Option(help="A CSV of towns; columns: istat, moduli, email_amministratore, ...")
    ] = None,
    modules: Annotated[str, typer.Option(help="Modules to switch on, separated by commas.")] = "",
    host: Annotated[str, typer.Option(help="Host name; suggested from the town's name when left out.")] = "",
    admin: Annotated[str, typer.Option(help="E-mail of the first administrator.")] = "",
) -> None:
    """Take in one town, or a whole province from a CSV. Goes on where a killed run stopped."""
    if (istat_code is None) == (csv is None):
        raise OperationalProblem(
            "Give an ISTAT code, or --csv FILE. For example: campanile onboard 097042 --modules reporting"
        )
    with environment(_say):
        from campanile_platform.onboarding.terminal import onboard_file, onboard_one

        if csv is not None:
            raise typer.Exit(onboard_file(csv, by=_me()))
        assert istat_code is not None
        onboard_one(istat_code, by=_me(), modules=modules, host=host, administrator_email=admin)


@app.command()
def towns() -> None:
    """List the towns."""
    with environment(_say):
        from campanile_tenants.public.registry.models import Municipality

        table = Table("ISTAT", "Comune", "Stato", "Abitanti", "Indirizzo", "Moduli")
        for town in Municipality.objects.defer("boundary").prefetch_related("domains", "activations"):
            on = [activation.module for activation in town.activations.all() if activation.ended_at is None]
            hosts = [domain.domain for domain in town.domains.all()]
            table.add_row(
                town.istat_code, town.name, town.state, str(town.population), " ".join(hosts), " ".join(on) or "-"
            )
        console.print(table)


@app.command()
def figures(
    reconcile: Annotated[bool, typer.Option("--reconcile", help="Count them again from the towns' rows.")] = False,
) -> None:
    """What all towns together have of what the centre counts; or count it again, and say what had drifted."""
    with environment(_say):
        from rich.progress import track

        from campanile_tenants.public.registry import figures as rollup
        from campanile_tenants.public.registry.directory import load_town
        from campanile_tenants.public.registry.models import Municipality

        drifts: list[rollup.Drift] = []
        if reconcile:
            keys = list(Municipality.objects.filter(state__in=("live", "suspended")).values_list("pk", flat=True))
            for pk in track(keys, "Counting again", console=errors, transient=True):
                town = load_town(pk=pk)
                drifts += rollup.reconcile(town) if town is not None else []
        table = Table("Che cosa", "Codice", "Quanti")
        labels = rollup.declared()
        for code, value in rollup.totals().items():
            table.add_row(str(labels[code].label), code, str(value))
        console.print(table)
        for drift in drifts:
            errors.print(f"[yellow]![/yellow] {drift}")


@app.command()
def migrate() -> None:
    """Bring the public schema and every town to the present version."""
    with environment(_say):
        console.print("[green]✓[/green] Everything is at the present version.")


@app.command()
def verify(istat_code: Annotated[str | None, typer.Argument(help="One town; all when left out.")] = None) -> None:
    """Compare towns' schemas with the template, and the template with the models."""
    with environment(_say):
        from campanile_tenants.public.registry.models import Municipality
        from campanile_tenants.public.registry.provisioning.verify import verify as check
        from campanile_tenants.public.registry.provisioning.verify import verify_template

        problems = verify_template()
        towns = Municipality.objects.defer("boundary")
        towns = towns.filter(istat_code=istat_code) if istat_code else towns
        for town in towns:
            problems += check(town.schema_name)
        for problem in problems:
            errors.print(f"[red]✗[/red] {problem}")
        if problems:
            raise typer.Exit(1)
        console.print(f"[green]✓[/green] {len(towns)} towns are whole.")


@app.command()
def schema(
    check: Annotated[bool, typer.Option("--check", help="Fail when it differs, or breaks users.")] = False,
    release: Annotated[bool, typer.Option("--release", help="Promise this schema to developers.")] = False,
) -> None:
    """Write the API's schema to graphql/campanile_graphql/schema.graphql, or compare it with --check."""
    set_up_django()
    from campanile_graphql import changes, compose

    path = Path(compose.__file__).with_name("schema.graphql")
    text = compose.sdl()
    if not check:
        path.write_text(text, encoding="utf-8")
        if release:
            changes.RELEASED.write_text(text, encoding="utf-8")
        console.print(f"[green]✓[/green] {path.name} written.")
        return
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        raise OperationalProblem(
            "The API changed but schema.graphql did not. Run `campanile schema`, read the difference, commit it."
        )
    broken = changes.breaks(changes.RELEASED.read_text(encoding="utf-8"), text, Path("CHANGELOG.md").read_text())
    if broken:
        raise OperationalProblem(
            "This breaks those who use the API: " + " ".join(broken) + " Deprecate instead, or name it in "
            "CHANGELOG.md: - Breaking: `Type.field` ..."
        )


@app.command()
def code() -> None:
    """The six digits that the demo people's code app shows now. Real people have theirs on a phone."""
    set_up_django()
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    from campanile_platform.demo.build import demo_secret

    counter = next(iter(yield_hotp_counters_from_time()))
    console.print(format_hotp_value(hotp_value(demo_secret(state()), counter)))


@app.command()
def clean(yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False) -> None:
    """Remove the state folder: database, files, mail, secrets."""
    place = state()
    if place.is_served():
        raise OperationalProblem("Campanile is running from this folder. Stop it first (Ctrl-C).")
    found = [path for path in {place.root, place.served} if path.exists()]
    if not found:
        console.print("Nothing to remove.")
        return
    for path in sorted(found):
        console.print(f"{path}: database, uploaded files, mail, secrets, ports")
    if not yes and not typer.confirm("Remove all of this?"):
        raise typer.Exit(1)
    place.remove()
    console.print("[green]✓[/green] Removed.")


@audit_app.command("verify")
def audit_verify(
    istat_code: Annotated[str | None, typer.Argument(help="One town; all when left out.")] = None,
) -> None:
    """Read the audit trails again and name the first entry that was altered, removed or put in."""
    with environment(_say):
        from rich.progress import track

        from campanile_tenants.public.registry.models import Municipality
        from campanile_tenants.town.audit.verify import Broken, anchors
        from campanile_tenants.town.audit.verify import verify as read_again

        towns = Municipality.objects.filter(istat_code=istat_code) if istat_code else Municipality.objects.all()
        schemas = [*([] if istat_code else ["public"]), *towns.values_list("schema_name", flat=True)]
        known, entries, broken = anchors(), 0, 0
        for schema in track(schemas, "Reading the trails", console=errors, transient=True):
            result = read_again(schema, known.get(schema))
            if isinstance(result, Broken):
                broken += 1
                errors.print(f"[red]✗[/red] {result}")
            else:
                entries += result.entries
        if broken:
            raise typer.Exit(1)
        console.print(f"[green]✓[/green] {len(schemas)} trails with {entries} entries are whole.")


@audit_app.command("anchor")
def audit_anchor() -> None:
    """Write the ends of the towns' trails into the platform's trail now; it happens every night by itself."""
    with environment(_say):
        from campanile_tenants.public.registry.models import Municipality
        from campanile_tenants.town.audit.verify import anchor

        written = anchor(list(Municipality.objects.values_list("schema_name", flat=True)))
        console.print(f"[green]✓[/green] {written} trails had grown.")


@privacy_app.command("retention")
def privacy_retention(
    istat_code: Annotated[str | None, typer.Argument(help="One town; all when left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Erase what is past its time, as every night; or only count it."""
    with environment(_say):
        from campanile_infra.database.scope import in_schema
        from campanile_tenants.public.registry.directory import load_town
        from campanile_tenants.public.registry.models import Municipality
        from campanile_tenants.town.privacy.services import retain

        towns = Municipality.objects.filter(istat_code=istat_code) if istat_code else Municipality.objects.all()
        table = Table("Comune", "Che cosa", "Righe", title="Solo conteggio" if dry_run else None)
        for town in towns.defer("boundary"):
            with in_schema(town.schema_name, load_town(pk=town.pk)):
                for told in retain(dry_run=dry_run):
                    if told["rows"] or told["error"]:
                        table.add_row(town.name, told["what"], told["error"] or str(told["rows"]))
        console.print(table if table.row_count else "Nothing is due.")


@module_app.command("list")
def module_list(istat_code: Town) -> None:
    """The modules, and which are on in a town."""
    with environment(_say):
        from campanile_platform.onboarding.terminal import find_town
        from campanile_tenants.contract.registry import registry

        town = find_town(istat_code)
        on = set(town.activations.filter(ended_at__isnull=True).values_list("module", flat=True))
        for module in registry:
            mark = "[green]on [/green]" if module.code in on else "[dim]off[/dim]"
            console.print(f"{mark} {module.code:<16} {module.verbose_name}")


@module_app.command("on")
def module_on(istat_code: Town, module: Annotated[str, typer.Argument(help="Code of the module.")]) -> None:
    """Switch a module on."""
    with environment(_say):
        from campanile_platform.onboarding.terminal import find_town
        from campanile_tenants.public.registry.activation import switch_on

        changed = switch_on(find_town(istat_code), module, by=_me())
        console.print(f"[green]✓[/green] {module} is on." if changed else f"{module} was on already.")


@module_app.command("off")
def module_off(istat_code: Town, module: Annotated[str, typer.Argument(help="Code of the module.")]) -> None:
    """Switch a module off; its data are kept."""
    with environment(_say):
        from campanile_platform.onboarding.terminal import find_town
        from campanile_tenants.public.registry.activation import switch_off

        changed = switch_off(find_town(istat_code), module, by=_me())
        console.print(
            f"[green]✓[/green] {module} is off; its data are kept." if changed else f"{module} was off already."
        )


@app.command()
def bench(name: Annotated[str, typer.Argument(help="Name of the benchmark, or `all`.")]) -> None:
    """Measure ourselves against a rival in the same run. The last line is JSON."""
    from campanile_platform.bench.runner import run

    raise typer.Exit(run(name))

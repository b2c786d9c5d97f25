"""Translations: collected with gettext by developers, compiled without it on every machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polib

from campanile_infra.errors import OperationalProblem
from campanile_infra.terminal import console
from campanile_platform.cli import app

ROOT = Path(__file__).resolve().parents[3]


@app.command("compile-messages")
def compile_messages() -> None:
    """Turn every django.po into the django.mo that Django reads."""
    files = [
        file for floor in ("tenants", "modules", "platform", "graphql") for file in (ROOT / floor).rglob("django.po")
    ]
    for file in files:
        polib.pofile(str(file)).save_as_mofile(str(file.with_suffix(".mo")))
    console.print(f"[green]✓[/green] {len(files)} catalogues compiled.")


@app.command("collect-messages")
def collect_messages() -> None:
    """Collect the strings of each floor and module into its django.po (needs gettext)."""
    # without our settings: Celery, which they load, would look for modules in the folder first (`public`, `platform`)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONSAFEPATH"] = "1"
    folders = [ROOT / "tenants/campanile_tenants", ROOT / "platform/campanile_platform"]
    folders.append(ROOT / "graphql/campanile_graphql")
    folders += [file.parent for file in (ROOT / "modules/campanile_modules").glob("*/apps.py")]
    for folder in folders:
        (folder / "locale").mkdir(exist_ok=True)
        done = subprocess.run(
            [
                sys.executable, "-m", "django", "makemessages", "-l", "it", "--no-wrap", "--no-location",
                "--no-obsolete", "-v0", "-e", "html,txt,py,mjml,xml", "--ignore", "tests/*", "--ignore", "data/*",
            ],
            cwd=folder, env=environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise OperationalProblem(f"{folder.name}: {done.stderr.strip().splitlines()[-1]}")
    console.print(f"[green]✓[/green] {len(folders)} catalogues collected.")

"""The house itself: source roots, floors, one declaration a module."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

from campanile_tenants.contract.errors import DeclarationError
from campanile_tenants.contract.module import MenuEntry, ModuleConfig, Permission
from campanile_tenants.contract.registry import ModuleRegistry

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("graphql", "platform", "modules", "tenants", "infra")


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_a_source_root_holds_one_package_and_no_python_of_its_own(root: str) -> None:
    entries = [entry for entry in (ROOT / root).iterdir() if entry.name != "__pycache__"]
    assert [entry.name for entry in entries if entry.suffix == ".py"] == []
    assert [entry.name for entry in entries if entry.is_dir()] == [f"campanile_{root}"]


def test_standard_names_stay_what_they_are_in_the_repository_root() -> None:
    program = "import platform, graphql; print(platform.__file__, graphql.__file__)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert str(ROOT / "platform") not in done.stdout
    assert "site-packages/graphql/__init__.py" in done.stdout


def test_no_file_is_longer_than_400_lines() -> None:
    long = [
        f"{file.relative_to(ROOT)}: {count}"
        for floor in (*SOURCE_ROOTS, "tests", "assets/src")
        for file in (ROOT / floor).rglob("*")
        if file.suffix in {".py", ".html", ".js", ".css"} and "migrations" not in file.parts
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > 400
    ]
    assert long == []


def test_system_checks_pass_and_no_migration_is_missing(db: None) -> None:
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_a_planted_import_from_module_to_module_is_found(tmp_path: Path) -> None:
    """The real linter on a copy of the source roots, with one forbidden line planted."""
    import shutil

    for root in SOURCE_ROOTS:
        shutil.copytree(ROOT / root, tmp_path / root, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests/modules/noticeboard", tmp_path / "modules/campanile_modules/noticeboard")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    search_path = ":".join(str(tmp_path / root) for root in SOURCE_ROOTS)
    linter = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": search_path, "LC_ALL": "C.UTF-8"}

    def lint() -> subprocess.CompletedProcess[str]:
        return subprocess.run(linter, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    clean = lint()
    assert clean.returncode == 0, clean.stdout
    planted = tmp_path / "modules/campanile_modules/noticeboard/models.py"
    planted.write_text(planted.read_text() + "\nfrom campanile_modules.reporting import states  # planted\n")
    red = lint()
    assert red.returncode != 0
    assert "campanile_modules.noticeboard.models -> campanile_modules.reporting.states" in red.stdout


def _declared(**values: object) -> ModuleConfig:
    import campanile_modules.noticeboard as package

    base = {"name": "campanile_modules.noticeboard", "label": "noticeboard", "code": "noticeboard"}
    return type("Declared", (ModuleConfig,), base | values)("campanile_modules.noticeboard", package)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"code": "Bad-Code"}, "write 3-30 lower-case letters"),
        ({"menu": [MenuEntry("x", "noticeboard:list", permission="noticeboard.x")]}, "write a tuple"),
        ({"menu": (MenuEntry("x", "noticeboard:list", permission="noticeboard.x"),)}, "which permissions lacks"),
        ({"permissions": (Permission("other.view", "x"),)}, "must start with 'noticeboard.'"),
        ({"settings": dict}, "frozen dataclass"),
        ({"url_prefix": "a/b"}, "write words of a-z"),
    ],
)
def test_a_wrong_declaration_says_what_to_write(values: dict[str, object], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        ModuleRegistry().register(_declared(**values))


def test_a_module_that_requires_one_that_is_not_there_is_refused() -> None:
    registry = ModuleRegistry()
    registry.register(_declared(requires=("missing",)))
    with pytest.raises(DeclarationError, match="missing"):
        registry.check_requirements()


@pytest.mark.parametrize("catalogue", sorted(ROOT.glob("[gtmp]*/**/locale/it/LC_MESSAGES/django.po")), ids=str)
def test_every_collected_string_is_translated(catalogue: Path) -> None:
    entries = polib.pofile(str(catalogue))
    assert [entry.msgid for entry in entries if not entry.translated() or entry.fuzzy] == []


def test_pages_without_a_policy_are_looked_for_before_any_page_is_loaded() -> None:
    code = (
        "import django; django.setup(); from django.core.checks.registry import registry; import sys;"
        "assert 'campanile_platform.config.urls_town' not in sys.modules;"
        "assert 'every_page_has_a_policy' in {check.__name__ for check in registry.get_checks()}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Finds modules: each folder with an `apps.py` beside the others, and installed packages that say so.

Safe while settings load: looks at files and package metadata, imports no module.
"""

from __future__ import annotations

import importlib
import os
from importlib.metadata import entry_points
from pathlib import Path

PACKAGE = "campanile_modules"
ENTRY_POINT_GROUP = "campanile.module"
EXTRA_FOLDER = "CAMPANILE_MODULES_PATH"
"""Environment variable: one more folder whose sub-folders are modules, beside the shipped ones."""


def discover() -> list[str]:
    """Dotted names for INSTALLED_APPS, sorted; a module's own broken import is left to fail loudly later."""
    package = importlib.import_module(PACKAGE)
    if (extra := os.environ.get(EXTRA_FOLDER)) and extra not in package.__path__:
        package.__path__.append(extra)
    found = {
        f"{PACKAGE}.{folder.name}"
        for root in package.__path__
        for folder in Path(root).iterdir()
        if (folder / "apps.py").is_file()
    }
    found |= {entry.value for entry in entry_points(group=ENTRY_POINT_GROUP)}
    return sorted(found)

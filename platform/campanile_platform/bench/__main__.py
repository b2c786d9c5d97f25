"""One benchmark in a process of its own: `python -m campanile_platform.bench NAME`."""

import os
import sys

from campanile_platform.bench.runner import run

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campanile_platform.config.settings.embedded")
sys.exit(run(sys.argv[1]))

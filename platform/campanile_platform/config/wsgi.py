"""The web application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campanile_platform.config.settings.embedded")
application = get_wsgi_application()

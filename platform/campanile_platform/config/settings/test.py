"""Tests: as embedded, on servers that `tests/conftest.py` starts and names in the environment."""

from campanile_platform.config.settings.base import *  # noqa: F403
from campanile_platform.config.settings.base import STORAGES

SECRET_KEY = "only for tests"  # noqa: S105
ENCRYPTION_KEYS = ["only for tests as well"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
GRAPHIQL = False

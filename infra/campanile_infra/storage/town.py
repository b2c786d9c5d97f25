"""File storage with a prefix per town, on local disk or S3. A name can never leave its town's prefix."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage, default_storage
from django.utils import timezone
from storages.backends.s3 import S3Storage

from campanile_infra.database import scope


def prefix() -> str:
    """The folder of the running code's town; `public` for the centre."""
    return scope.current().schema


def forget_strays(folder: str, known: Callable[[set[str]], set[str]]) -> int:
    """Deletes what lies in a folder of the town and belongs to no row: left by a process that died in between.

    `known` tells which of the names have a row. Only what is older than an hour goes; returns how many names did.
    """
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    old = timezone.now() - timedelta(hours=1)
    gone = 0
    for name in {*folders, *files} - known({*folders, *files}):
        paths = [f"{folder}/{name}"]
        if name in folders:
            paths = [f"{folder}/{name}/{part}" for part in default_storage.listdir(f"{folder}/{name}")[1]]
        if all(default_storage.get_modified_time(path) < old for path in paths):
            gone += 1
            for path in paths:
                default_storage.delete(path)
    return gone


class TownFileStorage(FileSystemStorage):
    """Local disk: `<MEDIA_ROOT>/<schema>/<name>`."""

    @property
    def location(self) -> str:
        """The town's folder; a name that leads out of it raises SuspiciousFileOperation."""
        return str(Path(self.base_location).absolute() / prefix())


class TownS3Storage(S3Storage):
    """S3 through boto3: key `<schema>/<name>`; private, with signed addresses.

    Signed by version 4, which holds the length too.
    """

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {"signature_version": "s3v4"}

    @property
    def location(self) -> str:
        return prefix()

    @location.setter
    def location(self, value: Any) -> None:
        """django-storages sets it from settings; the town decides instead."""

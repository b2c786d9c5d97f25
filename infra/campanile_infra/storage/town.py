"""File storage with a prefix per town, on local disk or S3. A name can never leave its town's prefix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

from campanile_infra.database import scope


def prefix() -> str:
    """The folder of the running code's town; `public` for the centre."""
    return scope.current().schema


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

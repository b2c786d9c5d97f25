"""Addresses by which a client sends a file straight to the file store, past our web processes."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.core.files.storage import default_storage

from campanile_infra.storage.town import TownS3Storage


@dataclass(frozen=True)
class Address:
    """Where to send the bytes, with which HTTP method and headers."""

    url: str
    method: str = "PUT"
    headers: dict[str, str] = field(default_factory=dict)


def put_address(name: str, media_type: str, size: int, seconds: int) -> Address | None:
    """An address of the S3 store, good for just this size and type; None where files are on local disk. No request.

    The length is among the signed headers, so that the store refuses another one.
    """
    store = default_storage
    if not isinstance(store, TownS3Storage):
        return None
    url = store.connection.meta.client.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": store.bucket_name, "Key": store._normalize_name(name), "ContentType": media_type,
            "ContentLength": size,
        },
        ExpiresIn=seconds,
    )  # fmt: skip
    return Address(url, headers={"Content-Type": media_type})

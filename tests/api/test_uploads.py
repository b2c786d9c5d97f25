"""Files sent ahead of a mutation: announced, sent to our page or to S3, used once by who announced them."""

from __future__ import annotations

import io
import os
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from moto.server import ThreadedMotoServer
from PIL import Image

from campanile_infra.embedded.ports import free_port
from campanile_modules.reporting.models import Photo
from campanile_tenants.town.api import uploads
from campanile_tenants.town.api.models import Upload
from tests.api.test_fields import INPUT
from tests.towns import ask, client, inside

ANNOUNCE = """mutation($input: CreateUploadInput!) { createUpload(input: $input) {
    upload { id url method headers { name value } expiresAt } userErrors { field code message } } }"""
CREATE = """mutation($input: ReportingCreateReportInput!) { reportingCreateReport(input: $input) {
    report { code photos(first: 9) { nodes { width } } } userErrors { field code message } } }"""


def picture() -> bytes:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x8825] = {1: "N", 2: (45.0, 51.0, 0.0)}
    Image.new("RGB", (640, 480), "green").save(file, "JPEG", exif=exif)
    return file.getvalue()


def announce(browser: Client, content: bytes, kind: str = "REPORTING_PHOTO", media_type: str = "image/jpeg") -> Any:
    sent = {"kind": kind, "name": "strada", "mediaType": media_type, "size": len(content)}
    return ask(browser, ANNOUNCE, input=sent)["data"]["createUpload"]


def put(browser: Client, url: str, content: bytes) -> Any:
    return browser.put("/" + url.split("/", 3)[3], content, content_type="application/octet-stream")


def test_a_photo_sent_ahead_is_drawn_again_and_becomes_part_of_a_report(lecco: Any) -> None:
    browser, content = client(lecco), picture()
    upload = announce(browser, content)["upload"]
    assert put(browser, upload["url"], content).status_code == 204
    with inside(lecco):
        kept = default_storage.open(Upload.objects.get().path).read()
        path = Upload.objects.get().path
    assert b"Exif" not in kept, "the original is never on our disk"
    told = ask(browser, CREATE, input=INPUT | {"photos": [upload["id"]]})["data"]["reportingCreateReport"]
    assert told["report"]["photos"]["nodes"] == [], "not public before an office has read it"
    with inside(lecco):
        assert Photo.objects.get().width == 640
        assert not Upload.objects.exists()
        uploads.forget(path)


@pytest.mark.parametrize(("change", "code"), [
    ({"mediaType": "image/svg+xml"}, "UPLOAD_TYPE"), ({"size": 16 * 1024 * 1024}, "UPLOAD_TOO_LARGE"),
    ({"size": 0}, "INVALID"), ({"name": " "}, "INVALID"),
])  # fmt: skip
def test_what_no_upload_can_be_is_refused_when_it_is_announced(lecco: Any, change: dict[str, Any], code: str) -> None:
    sent = {"kind": "REPORTING_PHOTO", "name": "a.jpg", "mediaType": "image/jpeg", "size": 10} | change
    told = ask(client(lecco), ANNOUNCE, input=sent)["data"]["createUpload"]
    assert told["upload"] is None
    assert told["userErrors"][0]["code"] == code


def test_bytes_that_are_no_picture_or_too_many_are_not_kept(lecco: Any) -> None:
    browser = client(lecco)
    for content, sent, status in ((b"<svg onload=x>", b"<svg onload=x>", 422), (picture(), picture() + b"x", 413)):
        upload = announce(browser, content)["upload"]
        assert put(browser, upload["url"], sent).status_code == status
        told = ask(browser, CREATE, input=INPUT | {"photos": [upload["id"]]})["data"]["reportingCreateReport"]
        assert told["userErrors"][0]["code"] == "UPLOAD_UNKNOWN"
    with inside(lecco):
        assert not any(default_storage.exists(upload.path) for upload in Upload.objects.all())


def test_an_upload_is_of_one_town_one_person_and_one_use(lecco: Any, merate: Any) -> None:
    browser, content = client(lecco, "tecnico"), picture()
    upload = announce(browser, content)["upload"]
    assert put(client(merate), upload["url"], content).status_code == 404
    assert put(browser, upload["url"], content).status_code == 204
    assert put(browser, upload["url"], content).status_code == 404, "once"

    def used(by: Client) -> Any:
        sent = {**INPUT, "photos": [upload["id"]], "idempotencyKey": None}
        told = ask(by, CREATE, input=sent)["data"]["reportingCreateReport"]
        return told["userErrors"][0]["code"] if told["userErrors"] else told["report"]

    assert used(client(lecco)) == "UPLOAD_UNKNOWN"
    assert used(client(lecco, "sindaco")) == "UPLOAD_UNKNOWN"
    assert used(client(merate)) == "NOT_FOUND"
    assert used(browser)["code"]
    assert used(browser) == "UPLOAD_UNKNOWN"


def test_what_nobody_takes_is_gone_after_an_hour(lecco: Any) -> None:
    browser, content = client(lecco), picture()
    put(browser, announce(browser, content)["upload"]["url"], content)
    with inside(lecco):
        path = Upload.objects.get().path
        assert uploads.purge() == 0
        assert uploads.purge(timezone.now() + timedelta(hours=2)) == 1
        assert not default_storage.exists(path)


def test_an_announcement_too_many_is_refused(lecco: Any, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"upload": "2/m/ip"}
    codes = [[e["code"] for e in announce(client(lecco), b"x" * 9)["userErrors"]] for _time in range(3)]
    assert codes == [[], [], ["TOO_MANY_UPLOADS"]]


def test_only_who_may_import_announces_rows(lecco: Any) -> None:
    sent = {"kind": "API_ROWS", "name": "a.csv", "mediaType": "text/csv", "size": 10}
    for who, code in (("", "UNAUTHENTICATED"), ("cittadina", "FORBIDDEN"), ("lettore", "FORBIDDEN")):
        assert ask(client(lecco, who), ANNOUNCE, input=sent)["errors"][0]["extensions"]["code"] == code
    assert ask(client(lecco, "tecnico"), ANNOUNCE, input=sent)["data"]["createUpload"]["upload"]


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    """S3 as moto speaks it over a socket, in place of the local disk."""
    port = free_port()
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys)
    s3.create_bucket(Bucket="comuni")
    options = {"bucket_name": "comuni", "endpoint_url": f"http://127.0.0.1:{port}", "access_key": "a",
               "secret_key": "b", "region_name": "us-east-1", "default_acl": None, "file_overwrite": False}  # fmt: skip
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "campanile_infra.storage.town.TownS3Storage", "OPTIONS": options}
    }
    yield s3
    server.stop()


def test_on_s3_the_bytes_go_straight_to_the_store_below_the_towns_prefix(lecco: Any, bucket: Any) -> None:
    browser, content = client(lecco), picture()
    upload = announce(browser, content)["upload"]
    assert "X-Amz-Signature" in upload["url"] or "Signature=" in upload["url"]
    assert "content-length" in upload["url"].lower()
    headers = {header["name"]: header["value"] for header in upload["headers"]}
    request = urllib.request.Request(upload["url"], content, headers, method=upload["method"])
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    key = bucket.list_objects_v2(Bucket="comuni")["Contents"][0]["Key"]
    assert key.startswith("c_097042/uploads/")
    told = ask(browser, CREATE, input=INPUT | {"photos": [upload["id"]]})["data"]["reportingCreateReport"]
    assert told["report"]["code"], told
    with inside(lecco):
        stored = Photo.objects.get().file.open().read()
    assert b"Exif" not in stored


def test_files_that_lost_their_row_go_when_they_are_old(lecco: Any) -> None:
    browser, content = client(lecco), picture()
    put(browser, announce(browser, content)["upload"]["url"], content)
    with inside(lecco):
        path = Upload.objects.get().path
        assert uploads.purge() == 0, "it has a row"
        Upload.objects.all().delete()
        assert uploads.purge() == 0, "it may just be arriving"
        before = time.time() - 7_200
        os.utime(default_storage.path(path), (before, before))
        assert uploads.purge() == 1
        assert not default_storage.exists(path)

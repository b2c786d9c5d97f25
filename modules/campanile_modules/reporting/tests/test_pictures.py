"""Photos: HEIC from a phone, the place only when asked, the same picture known again, faces hidden for good, bombs."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter
from tests.towns import Town, client, inside, user

from campanile_modules.reporting import photos, services
from campanile_modules.reporting.errors import PhotoRefused
from campanile_modules.reporting.models import Draft, Photo, Report
from campanile_modules.reporting.services import duplicates
from campanile_modules.reporting.tests.making import LECCO, category, report
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.kit.storage import hide, look_of, place_of

pytestmark = pytest.mark.django_db
HEIC = Path(__file__).parents[4] / "tests" / "data" / "pictures" / "phone.heic"


def picture(seed: int = 0, size: tuple[int, int] = (640, 480), quality: int = 90) -> bytes:
    drawn = Image.radial_gradient("L").resize((640, 480)).rotate(seed * 37).convert("RGB")
    ImageDraw.Draw(drawn).rectangle((20 + seed * 9, 40, 180 + seed * 9, 260), fill=(30 + seed * 20, 60, 90))
    drawn = drawn.resize(size)
    target = io.BytesIO()
    drawn.save(target, "JPEG", quality=quality)
    return target.getvalue()


def with_photo(content: bytes, **values: Any) -> Report:
    draft = Draft.objects.create()
    photos.add(draft, ContentFile(content, name="x.jpg"))
    return report(draft=draft, **values)


def begin(here: Town) -> Any:
    browser = client(here)
    browser.post("/segnalazioni/nuova/", {"accept": "on"})
    return browser


def test_heic_from_a_phone_becomes_a_jpeg_without_a_trace(lecco: Town) -> None:
    with inside(lecco):
        one = with_photo(HEIC.read_bytes())
        stored = one.photos.get().file.read()
    assert stored[:3] == b"\xff\xd8\xff"
    for trace in (b"Exif", b"PhoneMaker", b"Phone 15", b"GPS", b"ftyp"):
        assert trace not in stored
    assert Image.open(io.BytesIO(stored)).size == (320, 240)


def test_the_place_of_a_photo_is_read_only_by_who_allows_it(lecco: Town) -> None:
    assert place_of(io.BytesIO(HEIC.read_bytes())) == (45.8559, 9.3977)
    assert place_of(io.BytesIO(picture())) is None
    assert place_of(io.BytesIO(b"no picture")) is None
    values = {"category": "roads", "title": "Buca", "address": ""}
    for allowed, expected in (({}, ""), ({"place_of_photo": "on"}, "45.8559")):
        browser = begin(lecco)
        photo = SimpleUploadedFile("buca.heic", HEIC.read_bytes())
        page = browser.post("/segnalazioni/nuova/dati/", {**values, **allowed, "photos": photo})
        assert page.status_code == (302 if expected else 200)
        with inside(lecco):
            draft = Draft.objects.latest("expires_at")
            assert draft.values["latitude"].startswith(expected)
            assert draft.photos.count() == 1, "the photo is kept either way"
    assert photos.taken_at([ContentFile(picture()), ContentFile(HEIC.read_bytes())]) == (
        Decimal("45.8559"), Decimal("9.3977"),
    )  # fmt: skip


@pytest.mark.parametrize("changed", [{"quality": 25}, {"size": (320, 240)}, {"size": (1280, 960), "quality": 50}])
def test_the_same_picture_is_known_again(changed: Any) -> None:
    far = bin((look_of(picture()) ^ look_of(picture(**changed))) & (1 << 64) - 1).count("1")
    assert far <= duplicates.ALIKE_BITS
    for other in range(1, 5):
        assert bin((look_of(picture()) ^ look_of(picture(other))) & (1 << 64) - 1).count("1") > duplicates.ALIKE_BITS


def test_the_same_picture_of_another_place_of_the_street_comes_first(lecco: Town) -> None:
    with inside(lecco):
        roads = category(duplicate_radius=200)
        same = with_photo(picture(), **LECCO, title="Qualcosa")
        report(latitude="45.856000", longitude="9.397700", title="Buca enorme")
        found = duplicates.nearby(
            roads, latitude=45.8560, longitude=9.3977, title="Pozzanghera", looks=[look_of(picture(quality=30))]
        )
        assert (found[0].code, found[0].is_alike) == (same.code, True)


def test_what_is_hidden_cannot_be_read_and_the_original_is_gone(lecco: Town) -> None:
    with inside(lecco):
        one = with_photo(picture())
        photo = one.photos.get()
        before, storage = photo.file.name, photo.file.storage
        original = photo.file.read()
    browser = client(lecco, "sindaco")
    path = f"/segnalazioni/ufficio/{one.code}/foto/{photo.pk}/"
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"boxes": "[]"}).status_code == 422
    assert browser.post(path, {"boxes": "[[0,0,5000,1]]"}).status_code == 422
    with inside(lecco):
        with pytest.raises(CampanileError):
            photos.redact(photo, [(0, 0, 0, 0)])
    assert client(lecco, "lettore").get(path).status_code == 403
    with inside(lecco), pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.db.transaction.on_commit", lambda after, **_: after())
        photos.redact(photo, [(0, 0, 400, 600)])
        changed = Photo.objects.get(pk=photo.pk)
        assert changed.file.name != before
        assert not storage.exists(before)
        assert changed.redactions == [[0, 0, 400, 600]]
        drawn = Image.open(io.BytesIO(changed.file.read())).convert("L")
    inner = (10, 10, 240, 270)
    edges_before = sum(
        Image.open(io.BytesIO(original)).convert("L").filter(ImageFilter.FIND_EDGES).crop(inner).tobytes()
    )
    edges_after = sum(drawn.filter(ImageFilter.FIND_EDGES).crop(inner).tobytes())
    assert edges_after < edges_before / 3, "no outline is left"


def test_many_parts_and_the_rest_as_it_was() -> None:
    content = picture()
    drawn = Image.open(io.BytesIO(hide(content, [(0, 0, 100, 100), (900, 900, 500, 500)]).content))
    untouched = (200, 200, 500, 400)
    before = Image.open(io.BytesIO(content)).crop(untouched).tobytes()
    after = drawn.crop(untouched).tobytes()
    assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) / len(before) < 4


def bomb() -> bytes:
    """A PNG of 60,000 by 60,000 pixels in some kilobytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_decompression_bomb_is_refused_within_200_mb(lecco: Town, tmp_path: Path) -> None:
    with inside(lecco):
        with pytest.raises(PhotoRefused):
            photos.add(Draft.objects.create(), ContentFile(bomb(), name="bomb.png"))
        assert not Photo.objects.exists()
    (tmp_path / "bomb.png").write_bytes(bomb())
    script = (
        "import re, sys\n"
        "from campanile_infra.storage.images import UnusableImage, clean_image\n"
        "file = open(sys.argv[1], 'rb')\n"
        "try:\n    clean_image(file, 9_000)\nexcept UnusableImage as error:\n    print(error.reason, end=' ')\n"
        "most = re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())\n"
        "print(int(most[1]) // 1024)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "bomb.png")], capture_output=True, text=True, check=True
    )
    reason, megabytes = run.stdout.split()
    assert reason == "too_many_pixels"
    assert int(megabytes) < 200


def test_a_photo_of_a_report_that_is_not_published_is_for_author_and_office(lecco: Town) -> None:
    with inside(lecco):
        one = with_photo(picture())
        path = f"/segnalazioni/foto/{one.photos.get().pk}.jpg"
        assert client(lecco).get(path).status_code == 404
        assert client(lecco, "sindaco").get(path).status_code == 200
        services.take_charge(one, by=user("sindaco"))
        assert client(lecco).get(path).status_code == 200
        services.hold(report(title="x"), by=user("sindaco"))

"""What can be read from a picture, and done to it: where it was taken, how it looks, faces and plates made
unreadable.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO

from PIL import Image, ImageFilter, UnidentifiedImageError
from PIL.ExifTags import GPS, IFD

from campanile_infra.storage.images import FORMATS, CleanImage

Box = tuple[int, int, int, int]
"""Left, top, width, height in thousandths of the picture."""
THOUSAND = 1_000
_SIDE = 9
_BLOCKS = 12
"""Into how many blocks the longer side of a hidden part is reduced: nothing can be read back from so few."""


def place_of(upload: IO[bytes]) -> tuple[float, float] | None:
    """Latitude and longitude that the camera wrote (EXIF GPS), WGS 84 in degrees; None when it wrote none.

    To be asked only of somebody who said yes.
    """
    try:
        upload.seek(0)
        with Image.open(upload, formats=FORMATS) as picture:
            found = picture.getexif().get_ifd(IFD.GPSInfo)
            latitude = _degrees(found[GPS.GPSLatitude], found[GPS.GPSLatitudeRef] == "S")
            longitude = _degrees(found[GPS.GPSLongitude], found[GPS.GPSLongitudeRef] == "W")
    except (KeyError, ValueError, TypeError, OSError, SyntaxError, ZeroDivisionError, UnidentifiedImageError):
        return None
    finally:
        upload.seek(0)
    sound = -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0, 0)
    return (round(latitude, 6), round(longitude, 6)) if sound else None


def look_of(content: bytes) -> int:
    """How a picture looks in 64 bits (a difference hash: is each spot brighter than the one to its left?), signed.

    Two pictures that differ in a few bits show the same, whatever their size or compression.
    """
    with Image.open(io.BytesIO(content)) as picture:
        grey = picture.convert("L").resize((_SIDE, _SIDE - 1), Image.Resampling.LANCZOS)
    spots = grey.tobytes()
    bits = 0
    for row in range(_SIDE - 1):
        for column in range(_SIDE - 1):
            at = row * _SIDE + column
            bits = bits << 1 | (spots[at + 1] > spots[at])
    return bits - (1 << 64) if bits >= 1 << 63 else bits


def hide(content: bytes, boxes: Iterable[Box]) -> CleanImage:
    """The picture with those parts reduced to a few blocks and blurred; the rest as it was."""
    with Image.open(io.BytesIO(content)) as picture:
        drawn = picture.convert("RGB")
    for left, top, width, height in boxes:
        x, y = left * drawn.width // THOUSAND, top * drawn.height // THOUSAND
        right = min(drawn.width, x + max(1, width * drawn.width // THOUSAND))
        bottom = min(drawn.height, y + max(1, height * drawn.height // THOUSAND))
        part = drawn.crop((x, y, right, bottom))
        scale = _BLOCKS / max(part.size)
        few = (max(1, round(part.width * min(1, scale))), max(1, round(part.height * min(1, scale))))
        coarse = part.resize(few, Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
        drawn.paste(coarse.filter(ImageFilter.GaussianBlur(max(2, max(part.size) // 10))), (x, y))
    target = io.BytesIO()
    drawn.save(target, "JPEG", quality=82, optimize=True)
    return CleanImage(target.getvalue(), drawn.width, drawn.height)


def _degrees(parts: Iterable[float], negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value

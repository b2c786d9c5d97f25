"""Inspection of uploaded pictures: what is stored is never what was sent, only what we drew again from it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from pi_heif import register_heif_opener
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
register_heif_opener()


class UnusableImage(Exception):
    """The upload cannot be used; `reason` is one of `too_large`, `too_many_pixels`, `not_an_image`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CleanImage:
    """A JPEG without metadata, its longest side at most 2048 px."""

    content: bytes
    width: int
    height: int


def clean_image(upload: IO[bytes], size: int) -> CleanImage:
    """Decodes, turns upright and encodes again, so that nothing of the original file (EXIF, GPS, a hidden
    second file) is left. The size in pixels is read from the header before any pixel is decoded.

    Raises UnusableImage.
    """
    if size > MOST_BYTES:
        raise UnusableImage("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            upload.seek(0)
            with Image.open(upload, formats=FORMATS) as original:
                if original.width * original.height > MOST_PIXELS:
                    raise UnusableImage("too_many_pixels")
                original.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(original)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                plain = _flatten(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnusableImage("too_many_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnusableImage("not_an_image") from error
    target = io.BytesIO()
    plain.save(target, "JPEG", quality=82, optimize=True)
    return CleanImage(target.getvalue(), plain.width, plain.height)


def _flatten(image: Image.Image) -> Image.Image:
    """A fresh RGB picture with the pixels of `image` on white, and nothing else of it."""
    canvas = Image.new("RGB", image.size, "white")
    if image.mode in ("RGBA", "LA", "PA", "P"):
        rgba = image.convert("RGBA")
        canvas.paste(rgba, mask=rgba.getchannel("A"))
    else:
        canvas.paste(image.convert("RGB"))
    return canvas


def in_widths(image: Image.Image, widths: Iterable[int]) -> Iterator[tuple[int, str, bytes]]:
    """The picture as AVIF and WebP in each width that is not wider than it is: `(width, "avif"|"webp", content)`.

    A picture narrower than all of them comes in its own width.
    """
    for width in [wanted for wanted in widths if wanted <= image.width] or [image.width]:
        height = max(1, round(image.height * width / image.width))
        small = image.resize((width, height), Image.Resampling.LANCZOS)
        for form, options in (("avif", {"quality": 60, "speed": 8}), ("webp", {"quality": 78, "method": 4})):
            target = io.BytesIO()
            small.save(target, form.upper(), **options)
            yield width, form, target.getvalue()


def clean_emblem(upload: IO[bytes], size: int) -> bytes:
    """A coat of arms as WebP with its transparency, at most 400 px high, drawn again. Raises UnusableImage."""
    if size > MOST_BYTES:
        raise UnusableImage("too_large")
    try:
        upload.seek(0)
        with Image.open(upload, formats=FORMATS) as original:
            if original.width * original.height > MOST_PIXELS:
                raise UnusableImage("too_many_pixels")
            drawn = original.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise UnusableImage("not_an_image") from error
    drawn.thumbnail((400, 400))
    target = io.BytesIO()
    drawn.save(target, "WEBP", quality=90)
    return target.getvalue()

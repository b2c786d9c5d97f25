"""Pictures for the demo's sites, drawn: a lake between mountains, a square, a wood. No photograph of anybody's."""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1600, 1000)
_SKIES = {
    "morning": ((255, 214, 170), (150, 196, 232)),
    "noon": ((214, 234, 248), (84, 153, 214)),
    "evening": ((255, 190, 140), (96, 92, 160)),
    "rain": ((190, 200, 210), (92, 108, 124)),
}


def landscape(seed: str, light: str = "noon", *, lake: bool = True, town: bool = True) -> bytes:
    """A PNG of `SIZE`: ridges one behind the other, with a lake and a village with its bell tower when asked for."""
    chance = random.Random(seed)
    low, high = _SKIES[light]
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    width, height = SIZE
    for y in range(height):
        part = y / height
        draw.line([(0, y), (width, y)], fill=_between(high, low, min(1.0, part * 1.6)))
    shore = int(height * (0.68 if lake else 0.8))
    for number in range(5):
        depth = number / 4
        colour = _between(_between(high, low, 0.55), (22, 54, 66), 0.25 + 0.7 * depth)
        base = height * (0.36 + 0.09 * number)
        draw.polygon(_ridge(chance, base, height * (0.22 - 0.03 * number), shore + number * 12), fill=colour)
    if lake:
        top, bottom = _between(high, low, 0.5), (28, 74, 104)
        for y in range(shore, height):
            draw.line([(0, y), (width, y)], fill=_between(top, bottom, (y - shore) / (height - shore)))
        for _ in range(90):
            y = chance.randint(shore + 8, height - 1)
            x, length = chance.randint(0, width), chance.randint(20, 140)
            draw.line([(x, y), (x + length, y)], fill=_between(top, (255, 255, 255), 0.35), width=2)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    if town:
        _village(ImageDraw.Draw(image), chance, shore)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def _ridge(chance: random.Random, base: float, swing: float, floor: float) -> list[tuple[float, float]]:
    width = SIZE[0]
    waves = [
        (chance.uniform(0.5, 1) * swing / n, chance.uniform(0.6, 1.6) * n, chance.uniform(0, 6.3)) for n in range(1, 7)
    ]
    points: list[tuple[float, float]] = [(0, floor)]
    for x in range(0, width + 1, 8):
        y = base - sum(size * math.sin(speed * x / width * 6.3 + start) for size, speed, start in waves)
        points.append((x, y))
    return [*points, (width, floor)]


def _village(draw: ImageDraw.ImageDraw, chance: random.Random, shore: int) -> None:
    walls = ((240, 226, 200), (232, 200, 160), (246, 238, 224), (214, 172, 140), (228, 214, 190))
    middle = chance.randint(500, 1100)
    for x in sorted(chance.randint(middle - 420, middle + 420) for _ in range(22)):
        wide, tall = chance.randint(38, 72), chance.randint(40, 92)
        draw.rectangle([x, shore - tall, x + wide, shore], fill=chance.choice(walls))
        draw.polygon(
            [(x - 5, shore - tall), (x + wide / 2, shore - tall - 22), (x + wide + 5, shore - tall)],
            fill=(158, 84, 62),
        )
        for row in range(shore - tall + 14, shore - 14, 24):
            for column in range(x + 9, x + wide - 10, 18):
                draw.rectangle([column, row, column + 7, row + 11], fill=(96, 84, 76))
    draw.rectangle([middle, shore - 230, middle + 34, shore], fill=(236, 224, 206))
    draw.polygon(
        [(middle - 4, shore - 230), (middle + 17, shore - 292), (middle + 38, shore - 230)], fill=(120, 66, 52)
    )
    draw.rectangle([middle + 10, shore - 214, middle + 24, shore - 186], fill=(70, 62, 58))


def _between(a: tuple[int, ...], b: tuple[int, ...], part: float) -> tuple[int, int, int]:
    red, green, blue = (round(x + (y - x) * part) for x, y in zip(a, b, strict=True))
    return red, green, blue

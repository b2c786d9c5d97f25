"""Draws the icons of the installed app: the campanile on the town's ink, with room for round masks."""

from pathlib import Path

from PIL import Image, ImageDraw

OUT = Path(__file__).parent / "dist" / "campanile"
INK, WHITE = "#17324d", "#ffffff"


def icon(size: int) -> Image.Image:
    """The icon at `size` x `size` pixels, drawn four times as large and made smaller."""
    unit = size * 4 / 32
    image = Image.new("RGB", (size * 4, size * 4), INK)
    draw = ImageDraw.Draw(image)

    def shape(points: list[tuple[float, float]], fill: str) -> None:
        draw.polygon([(x * unit, y * unit) for x, y in points], fill=fill)

    shape([(16, 6), (20, 10.5), (20, 14), (21.2, 14), (21.2, 26), (10.8, 26), (10.8, 14), (12, 14), (12, 10.5)], WHITE)
    shape([(14.6, 11.2), (17.4, 11.2), (17.4, 15), (14.6, 15)], INK)
    shape([(14, 19), (18, 19), (18, 26), (14, 26)], INK)
    return image.resize((size, size), Image.Resampling.LANCZOS)


for pixels in (192, 512):
    icon(pixels).save(OUT / f"icon-{pixels}.png", optimize=True)

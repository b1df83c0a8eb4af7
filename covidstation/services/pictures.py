"""Reading the QR of a card from a picture file: hostile until decoded, nothing of it is kept."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

from covidstation.domain.scan import looks_like_scan
from covidstation.errors import UserError

MOST_BYTES: Final = 30 << 20
MOST_PIXELS: Final = 60_000_000
FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
LONGEST_SIDE: Final = 2400  # a phone's picture is made smaller first: faster, and the code is found as well


def read_picture(path: Path) -> str:
    """The text of the one card's QR in the picture.

    Raises UserError picture.unreadable, picture.too_large, picture.no_code, picture.several.
    """
    # Pillow and zxing-cpp cost 60 ms that only a picture should pay.
    import zxingcpp  # noqa: PLC0415
    from PIL import Image, ImageOps  # noqa: PLC0415

    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError("picture.too_large")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise UserError("picture.too_large")
                grey = ImageOps.exif_transpose(opened).convert("L")
    except UserError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as cause:
        raise UserError("picture.too_large") from cause
    except Exception as cause:  # a decoder may raise anything on a damaged file
        raise UserError("picture.unreadable", name=path.name) from cause
    texts: dict[str, None] = {}
    smaller = grey.copy()
    smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    for picture in (smaller, grey):
        texts.update(dict.fromkeys(found.text for found in zxingcpp.read_barcodes(picture) if found.text))
        if texts:
            break
    cards = [text for text in texts if looks_like_scan(text)] or list(texts)
    if not cards:
        raise UserError("picture.no_code")
    if len(cards) > 1:
        raise UserError("picture.several")
    return cards[0]

"""Separator sheets: a page that says by a code printed on it that a document ends here. Touches OpenCV and ZXing."""

from __future__ import annotations

import cv2
import zxingcpp

from tsuzuri.image import Picture, as_pixels

DOCUMENT, BATCH = "tsuzuri:sep:document", "tsuzuri:sep:batch"
PATCH_T = "PATCHT"      # what sheets of other programs say, as a bar code or a QR code
# A code of a hospital or an insurer says something else, whatever its kind.
SEPARATES = frozenset({DOCUMENT, BATCH, PATCH_T})
KINDS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.Code128])
LONG_SIDE_PX = 1754     # an A4 at 150 dpi: finer costs four times as much, and found none more of 1,000 sheets


def separates(picture: Picture) -> bool:
    """Whether one of those codes stands on the page, whichever way up it lies."""
    gray = picture.gray
    share = LONG_SIDE_PX / max(gray.shape)
    if share < 1:
        gray = as_pixels(cv2.resize(gray, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))
    return any(code.text in SEPARATES for code in zxingcpp.read_barcodes(gray, formats=KINDS))

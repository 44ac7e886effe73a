"""Separator sheets: a page that says by a code printed on it that a document ends here. Touches OpenCV and ZXing.

A 返戻票 is one too: whoever sends a returned paper again lays it on top, and its code names the paper that went back. So is a batch
sheet, which lies on top of a batch and says which one it is.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import cv2
import zxingcpp

from tsuzuri.image import Picture, as_pixels
from tsuzuri.model import BatchSheet

DOCUMENT, BATCH = "tsuzuri:sep:document", "tsuzuri:sep:batch"
PATCH_T = "PATCHT"      # what sheets of other programs say, as a bar code or a QR code
BACK = "tsuzuri:back:"  # before the id of the document that went back
ASKED = "tsuzuri:ask:"  # before the id of the document that a question is about: its sheet is an answer, and separates nothing
SHEET = "tsuzuri:batch:"    # before box/number/ward/procedure, each percent-encoded
# A code of a hospital or an insurer says something else, whatever its kind.
SEPARATES = frozenset({DOCUMENT, BATCH, PATCH_T})
KINDS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.Code128])
_NAMED = re.compile(re.escape(BACK) + "([a-z0-9_]{1,60})")
_PAPER = re.compile(f"(?:{re.escape(BACK)}|{re.escape(ASKED)})([a-z0-9_]{{1,60}})")
LONG_SIDE_PX = 1754     # an A4 at 150 dpi: finer costs four times as much, and found none more of 1,000 sheets


def paper_of(code: str) -> str | None:
    """The id of the document that the code on a letter names; None for any other code."""
    named = _PAPER.fullmatch(code.strip())
    return named[1] if named else None


def separator(picture: Picture) -> str | None:
    """What a sheet says that separates, whichever way up it lies: "" that it only does so, the id of the document that went back,
    or the code of a batch sheet; None for a page that is no such sheet.
    """
    gray = picture.gray
    share = LONG_SIDE_PX / max(gray.shape)
    if share < 1:
        gray = as_pixels(cv2.resize(gray, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))
    told = [code.text for code in zxingcpp.read_barcodes(gray, formats=KINDS)]
    if named := _NAMED.fullmatch(next((text for text in told if text.startswith(BACK)), "")):
        return named[1]
    if sheet := next((text for text in told if batch_sheet(text)), ""):
        return sheet
    return "" if any(text in SEPARATES for text in told) else None


def sheet_code(sheet: BatchSheet) -> str:
    """What stands in the code of a batch sheet."""
    return SHEET + "/".join(quote(part, safe="") for part in (sheet.box, str(sheet.number), sheet.ward, sheet.procedure))


def batch_sheet(code: str) -> BatchSheet | None:
    """What a batch sheet's code says; None for any other code."""
    parts = [unquote(part) for part in code.removeprefix(SHEET).split("/")]
    if not code.startswith(SHEET) or len(parts) != 4 or not parts[1].isascii() or not parts[1].isdigit():
        return None
    return BatchSheet(parts[0], int(parts[1][:6]), parts[2], parts[3])

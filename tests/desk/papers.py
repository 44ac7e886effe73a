"""Papers made by hand: fictional values, the document that was read from them, and a picture of the sheet."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from tsuzuri.forms import Form, load_forms
from tsuzuri.model import Document, Field, Value
from tsuzuri.rules import show
from tsuzuri.rules.digits import check_digit
from tsuzuri.settings import REPO
from tsuzuri.synth.draw import blank_picture
from tsuzuri.synth.fonts import font

FORMS = load_forms(REPO / "pipelines", REPO / "schemas")
DAY = date(2025, 6, 3)
DPI = 100


def numbered(body: str) -> str:
    """A number with its check digit."""
    return f"{body}{check_digit(body)}"


CLAIM: dict[str, Value] = {
    "service_ym": "2025-04",
    "claim_date": "2025-05-08",
    "recipient_no": numbered("104582"),
    "payer_no": numbered("8843001"),
    "received_stamp": True,
    "patient_kana": "アソ　ハルト",
    "patient_name": "阿蘇　春斗",
    "sex": "男",
    "birth": "2015-07-21",
    "insurer_no": numbered("43012"),
    "symbol": "熊東",
    "number": "2718281",
    "branch": "03",
    "ratio": "3割",
    "relation": "家族",
    "inout": "外来",
    "days": 2,
    "points": 1240,
    "fee": 12400,
    "copay": 3720,
    "patient_paid": 700,
    "amount": 3020,
    "inst_code": numbered("431012345"),
    "inst_name": "やまぶき小児科医院",
    "inst_address": "熊本市東区榎木町1-2-3",
    "inst_tel": "0960001234",
    "rep_name": "水前寺　薫",
    "seal": True,
}


def read(form: Form, values: dict[str, Value], **changed: Any) -> Document:
    """The document as it comes from the readers: sure of everything, `changed` parts replaced."""
    fields = {
        name: Field(
            value := values.get(name),
            1.0,
            _ink(spec.kind, value),
            "ppocr 6" if value is not None else "none",
            spec.area,
        )
        for name, spec in form.fields.items()
    }
    told = {
        "id": "dc_0001",
        "batch_id": "bt_0001",
        "form": form.name,
        "form_version": form.version,
        "business_date": DAY,
    }
    return Document(**{**told, "fields": fields, "score": 0.97, **changed})


def _ink(kind: str, value: Value) -> str:
    if kind in ("seal", "tick"):
        return "1" if value else ""
    return show(kind, value)


def picture(form: Form, values: dict[str, Value], dpi: int = DPI, typeface: str = "ipag.ttf") -> bytes:
    """The filled sheet as JPEG. Circles and stamps are circles; everything else is printed into its box."""
    image = Image.fromarray(blank_picture(form, dpi)).convert("RGB")
    brush = ImageDraw.Draw(image)
    mm = dpi / 25.4
    for name, spec in form.fields.items():
        value = values.get(name)
        if value is None or value is False:
            continue
        x, y, w, h = (v * mm for v in (spec.choices.get(str(value)) or spec.area))
        if spec.choices or spec.kind == "seal":
            brush.ellipse(
                (x + w * 0.1, y + h * 0.05, x + w * 0.9, y + h * 0.95),
                outline=(176, 36, 48),
                width=max(2, dpi // 60),
            )
        else:
            text = show(spec.kind, value)
            px = int(min(h * 0.62, w / max(len(text), 1) * 1.1))
            brush.text((x + 1.2 * mm, y + (h - px) / 2), text, fill=(28, 32, 60), font=_font(typeface, px))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _font(typeface: str, px: int) -> ImageFont.FreeTypeFont:
    return font(typeface, px) if not Path(typeface).is_absolute() else ImageFont.truetype(typeface, px)

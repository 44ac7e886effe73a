from __future__ import annotations

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tsuzuri.forms import Forms
from tsuzuri.synth.draw import blank_pdf, blank_picture, blank_png

NAMES = ["kodomo_seikyu", "kodomo_shinsei"]


@pytest.mark.parametrize("name", NAMES)
def test_the_pdf_of_a_blank_form_is_one_a4_page_of_text_and_the_same_bytes_each_time(
    forms: Forms, name: str, tmp_path: Path
) -> None:
    pdf = blank_pdf(forms[name])
    assert pdf == blank_pdf(forms[name]) and b"/Subtype /Image" not in pdf
    (tmp_path / "form.pdf").write_bytes(pdf)
    info = subprocess.run(
        ["pdfinfo", tmp_path / "form.pdf"], capture_output=True, text=True, check=True
    ).stdout
    text = subprocess.run(
        ["pdftotext", tmp_path / "form.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Pages:           1" in info and "A4" in info
    assert forms[name].title in text and "熊本市長" in text


@pytest.mark.parametrize("name", NAMES)
def test_picture_and_pdf_show_the_same_form(forms: Forms, name: str, tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(blank_pdf(forms[name]))
    subprocess.run(
        ["pdftoppm", "-r", "150", "-gray", "-png", tmp_path / "form.pdf", tmp_path / "form"], check=True
    )
    printed = Image.open(next(tmp_path.glob("form-*.png")))
    painted = Image.fromarray(blank_picture(forms[name], 150)).resize(printed.size)
    soft = [
        np.asarray(i.convert("L").resize((124, 175), Image.Resampling.BOX), float) for i in (printed, painted)
    ]
    assert np.abs(soft[0] - soft[1]).mean() < 4
    assert np.corrcoef(soft[0].ravel(), soft[1].ravel())[0, 1] > 0.97


def test_a_blank_form_as_png_says_its_resolution_and_has_its_size(forms: Forms) -> None:
    picture = Image.open(io.BytesIO(blank_png(forms["kodomo_seikyu"], 100)))
    assert picture.size == (827, 1169)
    assert round(picture.info["dpi"][0]) == 100

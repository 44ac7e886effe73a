"""What figures are quoted with: intervals, coverage at a margin, and the rules by which a field may pass."""

from __future__ import annotations

from tests.bench.odds import RULES, Said, Seen, coverage, measured


def said(value: str | None, right: bool, sure: float = 0.999, proven: bool | None = None) -> Said:
    return Said(value, right, sure, proven)


def field(kind: str = "digits", blank: bool = False, **voices: Said) -> Seen:
    return Seen("number", kind, "hand", "fax", blank, voices)


def test_coverage_is_the_largest_share_of_the_surest_within_the_margin_and_ties_pass_together() -> None:
    fields = [field(own=said("1", right, sure)) for right, sure in
              ((True, 0.9), (True, 0.8), (False, 0.7), (True, 0.6), (True, 0.6), (False, 0.6), (True, 0.5))]
    assert coverage(fields, "own", 0.0) == (2 / 7, 2, 0)
    assert coverage(fields, "own", 0.3) == (1.0, 7, 2)
    assert coverage(fields, "own", 0.26) == (2 / 7, 2, 0)       # the three at 0.6 pass together or not at all


def test_agreement_passes_what_both_read_alike_and_counts_what_is_wrong_all_the_same() -> None:
    fields = [field(own=said("12", True), ppocr=said("12", True)), field(own=said("12", False), ppocr=said("12", False)),
              field(own=said("12", True), ppocr=said("17", False)), field(own=said(None, False), ppocr=said(None, False)),
              field(blank=True, own=said(None, True), ppocr=said(None, True))]
    for f in fields:
        f.said["line"] = f.said["own"]
    found = {rule: rest for rule, *rest in measured(fields)}
    assert found["ours and PP-OCRv6 agree"] == [4, 2, 1]
    assert found["ours alone, sure by 0.99"] == [4, 3, 1]
    assert not any("check digit" in rule or "Tesseract" in rule for rule in found)


def test_a_check_digit_holds_back_what_does_not_fit_and_is_asked_only_of_kinds_that_have_one() -> None:
    rule = RULES["both agree, and the check digit fits"]
    good, bad = said("0001230", True, proven=True), said("0001280", False, proven=False)
    assert rule(field("recipient_no", own=good, ppocr=good)) is good
    assert rule(field("recipient_no", own=bad, ppocr=bad)) is None
    assert rule(field("digits", own=said("1", True), ppocr=said("1", True))) is None

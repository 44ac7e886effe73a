"""One receipt held against its layout, its own sums and the calendar. What runs once a record is written for speed."""

from __future__ import annotations

from collections.abc import Iterator

from tsuzuri.rules import digits
from tsuzuri.uke.dates import day_of, month_of
from tsuzuri.uke.faults import Fault
from tsuzuri.uke.layouts import Kind, Layout
from tsuzuri.uke.payers import Payers
from tsuzuri.uke.stream import CODEC
from tsuzuri.uke.walk import PAYERS_OWN, Receipt

# 負担区分 → who bears the line: 0 the insurer, 1–4 the public payers in their order.
SHARES = {code.encode(): tuple(map(int, who)) for code, who in {
    "1": "0", "5": "1", "6": "2", "B": "3", "C": "4", "2": "01", "3": "02", "E": "03", "G": "04", "7": "12", "H": "13",
    "I": "14", "J": "23", "K": "24", "L": "34", "4": "012", "M": "013", "N": "014", "O": "023", "P": "024", "Q": "034",
    "R": "123", "S": "124", "T": "134", "U": "234", "V": "0123", "W": "0124", "X": "0134", "Y": "0234", "Z": "1234",
    "9": "01234"}.items()}


MOST_DIGITS = 12        # of a number; the layouts have no longer one
MOST = 10 ** MOST_DIGITS


def whole(text: str) -> int | None:
    """A sum as records write it; None for what is none, or is too long to be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def examine(receipt: Receipt, payers: Payers) -> tuple[list[Fault], int, int]:
    """(its faults in the order of its lines, the points its first payer is charged, how many payers it has)."""
    faults = list[Fault]()
    shared = _records(receipt, faults)
    charged = _charged(receipt, faults)
    if shared is not None:
        _summed(receipt, charged, shared, faults)
    faults += _common(receipt)
    faults += _numbers(receipt, payers)
    first = charged[0][2] if charged else None
    return sorted(faults, key=lambda fault: (fault.line, fault.field)), first or 0, len(charged)


def points_of(receipt: Receipt, who: int) -> int | None:
    """The points of the lines that a payer bears a share of (0: the insurer, 1–4: public); None where they cannot be summed up."""
    shared = _records(receipt, [])
    return None if shared is None else sum(points for share, points in shared.items() if who in SHARES.get(share, ()))


def _records(receipt: Receipt, faults: list[Fault]) -> dict[bytes, int] | None:
    """Counts, order and details of every record; points by 負担区分, or None where they cannot be summed up."""
    layout, volume = receipt.layout, receipt.volume
    kinds, rank, shared, whole = layout.kinds, -1, dict[bytes, int](), layout.summed
    for line, record in zip(receipt.lines, receipt.records, strict=True):
        kind = kinds.get(record[:2])
        if kind is None:
            faults.append(_unknown(line, record, volume))
            continue
        count = record.count(b",") + 1
        if count != kind.count and kind.count and (fault := _miscounted(kind, count, line, volume)):
            faults.append(fault)
        if kind.rank < rank and kind.rank >= 0:
            code = "U202" if kind.rank < layout.head else "U410"
            faults.append(Fault(code, line, words={"kind": kind.name}, volume=volume))
        else:
            rank = kind.rank
        if kind.times > 0 and count > kind.times:
            whole = _detail(record, kind, line, shared, faults, volume) and whole
        elif kind.unsummed:
            whole = False
    return shared if whole else None


def _detail(  # noqa: PLR0913  once a record: no object is made for it
    record: bytes, kind: Kind, line: int, shared: dict[bytes, int], faults: list[Fault], volume: int,
) -> bool:
    """回数 = Σ days, and points × 回数 added to their 負担区分; False where a number is none."""
    fields = record.split(b",")
    place = kind.times
    try:
        times = _within(int(fields[place] or 0))
        first, behind = kind.days
        if len(fields) >= behind:
            found = _within(sum(map(int, filter(None, fields[first:behind]))))
            if found != times:
                faults.append(Fault("U302", line, place + 1, {"said": times, "found": found}, volume))
        place = kind.points
        if fields[place]:
            share = fields[kind.share]
            shared[share] = shared.get(share, 0) + _within(int(fields[place])) * times
    except ValueError:
        faults.append(Fault("U205", line, place + 1, volume=volume))
        return False
    return True


def _within(number: int) -> int:
    """The number; raises ValueError for one that no record has."""
    if not -MOST < number < MOST:
        raise ValueError
    return number


def _unknown(line: int, record: bytes, volume: int) -> Fault:
    kind = record[:2]
    told = kind.decode(CODEC, "replace") if kind.isalnum() and record[2:3] == b"," else "？"
    return Fault("U483" if kind in PAYERS_OWN else "U409", line, words={"kind": told}, volume=volume)


def _miscounted(kind: Kind, count: int, line: int, volume: int) -> Fault | None:
    """Too few or too many fields; rows whose empty end was left out are told of, no more."""
    if count > kind.count and kind.loose:
        return None
    words = {"kind": kind.name, "said": count, "least": kind.least, "count": kind.count}
    short = kind.least <= count < kind.count
    return Fault("U482" if short else "U201", line, words=words, volume=volume)


Charged = list[tuple[int, str, int | None]]      # each payer: line, kind, points (None: left out)


def _charged(receipt: Receipt, faults: list[Fault]) -> Charged:
    """HO and KO in their order, with what they are charged."""
    charged: Charged = []
    for name in ("HO", "KO"):
        place, found = receipt.layout.at(name, "points"), receipt.all(name)
        most = receipt.layout.kinds[name.encode()].most
        if len(found) > most:
            faults.append(Fault("U204", found[most][0], words={"kind": name, "most": most}, volume=receipt.volume))
        for line, fields in found:
            said = fields[place].strip() if len(fields) > place else ""
            points = whole(said)
            if said and points is None:
                faults.append(Fault("U205", line, place + 1, volume=receipt.volume))
            charged.append((line, name, points))
    if not charged:
        faults.append(Fault("U203", receipt.first, volume=receipt.volume))
    return charged


def _summed(receipt: Receipt, charged: Charged, shared: dict[bytes, int], faults: list[Fault]) -> None:
    """What a payer is charged is the sum of the lines that it bears a share of."""
    sums = [0] * 5
    for share, worth in shared.items():
        for who in SHARES.get(share, ()):
            sums[who] += worth
    public = 0
    for line, name, points in charged:
        public += name == "KO"
        who = public if name == "KO" else 0
        if points is not None and who < len(sums) and points != sums[who]:
            place = receipt.layout.at(name, "points") + 1
            faults.append(Fault("U301", line, place, {"said": points, "found": sums[who]}, receipt.volume))


def _common(receipt: Receipt) -> Iterator[Fault]:
    """The receipt's own record: kind, month, birth."""
    layout, volume = receipt.layout, receipt.volume
    line, fields = receipt.all("RE")[0]
    at = layout.kinds[b"RE"].at

    def said(name: str) -> str:
        return fields[at[name]].strip() if name in at and len(fields) > at[name] else ""

    kind = said("type")
    if not (len(kind) == 4 and kind.isascii() and kind.isdigit()):
        yield Fault("U208", line, at["type"] + 1, volume=volume)
    month = month_of(said("month"))
    if not month:
        yield Fault("U206", line, at["month"] + 1, volume=volume)
    elif receipt.house.claimed and month > receipt.house.claimed:
        yield Fault("U303", line, at["month"] + 1, volume=volume)
    if not day_of(said("birth")):
        yield Fault("U207", line, at["birth"] + 1, volume=volume)
    if said("search"):
        yield Fault("U481", line, at["search"] + 1, volume=volume)


def _numbers(receipt: Receipt, payers: Payers) -> Iterator[Fault]:
    """Check digits of insurer, payers and recipients; whether a payer is the city's own."""
    layout, volume = receipt.layout, receipt.volume
    month = month_of(receipt.told("RE", "month"))
    for line, number, place in _told(receipt, layout, "HO", "insurer_no"):
        if not _fits(number.removeprefix("00") if len(number) == 8 else number, (6, 8)):
            yield Fault("U405", line, place, volume=volume)
    own = 0
    for line, number, place in _told(receipt, layout, "KO", "payer_no"):
        if not _fits(number, (8,)):
            yield Fault("U406", line, place, volume=volume)
        elif month and payers.elsewhere(number, month):
            yield Fault("U408", line, place, {"prefecture": number[2:4]}, volume)
        elif month and payers.form(number, month):
            own += 1
            if own == 2:
                yield Fault("U304", line, place, volume=volume)
    for line, number, place in _told(receipt, layout, "KO", "recipient_no"):
        if number and not _fits(number, (7,)):
            yield Fault("U407", line, place, volume=volume)


def _told(receipt: Receipt, layout: Layout, kind: str, name: str) -> Iterator[tuple[int, str, int]]:
    place = layout.at(kind, name)
    for line, fields in receipt.all(kind):
        yield line, fields[place].strip() if len(fields) > place else "", place + 1


def _fits(number: str, lengths: tuple[int, ...]) -> bool:
    return len(number) in lengths and number.isascii() and number.isdigit() and digits.fits(number)

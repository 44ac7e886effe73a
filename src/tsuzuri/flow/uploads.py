"""Files that arrive in pieces: begun, gone on with after any cut, and then taken exactly as a file that came at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tsuzuri.errors import NotFound, Refused, TooLarge, WrongTurn
from tsuzuri.flow.intake import Told, must_take, take_scan
from tsuzuri.flow.line import Line, new_id
from tsuzuri.model import Scan
from tsuzuri.store import parts, uploads
from tsuzuri.store.parts import Part
from tsuzuri.store.uploads import Upload

KEPT = timedelta(days=1)     # a half of a file is kept so long after its last byte; later it is sent from its beginning


def begin_upload(line: Line, asked: Upload) -> Upload | Scan:
    """The upload to go on with, the same for the same bytes at the same place; or the scan, if they are there already.

    Raises WrongTurn for a closed batch or a place that other bytes have, TooLarge beyond the cap: before a byte is sent.
    """
    if asked.whole > line.limits.caps.bytes:
        most = f"上限 {line.limits.caps.bytes // 2**20} MiB"
        raise TooLarge(f"ファイルが大きすぎます（{most}）。分けて送ってください。", code="too_many_bytes")
    with line.unit() as unit:
        earlier = must_take(unit, asked.batch_id, asked.seq, asked.promised)
        if earlier is not None:
            return earlier
        begun = uploads.upload_to(unit, asked.batch_id, asked.seq, asked.promised)
        if begun is not None and begun.whole == asked.whole and (line.files.incoming / begun.id).exists():
            return begun
        line.files.must_have_room(asked.whole)
        if begun is not None:
            uploads.drop_upload(unit, begun.id)
        uploads.add_upload(unit, asked)
        parts.begin(line.files, asked.id)
    return asked


def new_upload(line: Line, place: tuple[str, int], told: Told, promised: str, whole: int) -> Upload:
    """What a station asks for at a place (batch, number), not begun yet."""
    return Upload(new_id("up"), *place, told.name, promised, whole, line.clock(), imprint=told.imprint, double_fed=told.double_fed)


def upload(line: Line, upload_id: str) -> Upload:
    """How far it has come; raises NotFound."""
    with line.store.read() as look:
        return uploads.upload(look, upload_id)


@contextmanager
def going_on(line: Line, upload_id: str, at: int) -> Iterator[tuple[Upload, Part]]:
    """The upload, this writer's alone, to be written from byte `at`. However this ends, what arrived is durable and counted.

    Raises WrongTurn if another writes (`upload_busy`) or it does not stand at `at` (`wrong_offset`), NotFound if it is gone.
    """
    with Part(line.files, upload_id, upload(line, upload_id).whole) as part:
        begun = upload(line, upload_id)         # what another has written till now
        if begun.acknowledged != at:
            raise WrongTurn("続きの位置が違います。HEAD で位置を確かめて、そこから送ってください。", code="wrong_offset",
                            offset=begun.acknowledged)
        line.files.must_have_room(begun.whole - at)
        try:
            part.go_on(at)
        except NotFound:
            cancel_upload(line, upload_id)
            raise
        try:
            yield begun, part
        finally:
            if part.path.exists() and part.size != at:
                arrived = part.make_durable()
                with line.unit() as unit:
                    uploads.acknowledge(unit, upload_id, arrived, line.clock())


def take_upload(line: Line, begun: Upload, part: Part) -> tuple[Scan, bool]:
    """All its bytes are here: as `take_scan`. What is refused is forgotten; what only has to wait stays as it is."""
    try:
        if part.sha256 != begun.promised:
            raise Refused("届いたデータが申告の SHA-256 と一致しません。最初から送り直してください。", code="digest_mismatch",
                          sent=begun.promised)
        taken = take_scan(line, begun.batch_id, begun.seq, Told(begun.name, begun.imprint, begun.double_fed), part)
    except (Refused, WrongTurn) as error:
        if error.code != "already_told":
            cancel_upload(line, begun.id)
        raise
    cancel_upload(line, begun.id)
    return taken


def cancel_upload(line: Line, upload_id: str) -> None:
    """Nothing more is to come; what lies there is forgotten."""
    with line.unit() as unit:
        uploads.drop_upload(unit, upload_id)
    parts.forget(line.files, upload_id)


def forget_uploads(line: Line) -> int:
    """Forget what nothing was heard of for a day; how many."""
    with line.store.read() as look:
        gone = uploads.expired(look, line.clock() - KEPT)
    for upload_id in gone:
        cancel_upload(line, upload_id)
    return len(gone)

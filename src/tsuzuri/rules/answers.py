"""受領結果: what a receiver says of the files that it got, and how that differs from what was sent. Touches model and errors.

The file is JSON; schemas/_answer.json tells the same to whoever writes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tsuzuri.errors import Refused
from tsuzuri.model import ExportRun

MOST = 64 << 20         # bytes of an answer: half a million error rows
Short = Annotated[str, Field(min_length=1, max_length=64)]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)     # a receiver may say more than we asked


class FileTaken(_Said):
    """One file as the receiver counted it. `sha256` and `amount` where it can tell."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    count: Annotated[int, Field(ge=0)]
    amount: int | None = None
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


class ErrorRow(_Said):
    """A claim that the receiver did not take: its number as in the feed, the receiver's own code and sentence."""

    claim: Short
    code: Short
    message: Annotated[str, Field(max_length=500)] = ""


class Answered(_Said):
    """One answer: about which run, its files, and what was not taken of them."""

    version: Annotated[int, Field(alias="tsuzuri_answer", ge=1, le=1)]
    run: Short
    target: str = ""
    business_date: Annotated[date, Field(strict=False)] | None = None
    files: tuple[FileTaken, ...] = Field(min_length=1, strict=False)
    errors: tuple[ErrorRow, ...] = Field(default=(), strict=False)


def parse_answer(content: bytes) -> Answered:
    """What the file says; raises Refused (`answer_unreadable`) with the place of its first fault, never with its text."""
    try:
        return Answered.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        raise Refused(f"no 受領結果 as schemas/_answer.json has it: {at or 'the file'}: {first['type']}",
                      code="answer_unreadable") from None


def differences(run: ExportRun, told: Answered) -> Iterator[str]:
    """Where the receiver's figures are not ours, in a clerk's words; nothing where all agree.

    The list of what was held is for people: no receiver need count it.
    """
    ours = {file.name: file for file in run.files}
    taken = {file.name: file for file in told.files}
    for name, file in ours.items():
        if name not in taken:
            if file.word != "held":
                yield f"{name}：受領結果にありません。"
            continue
        said = taken[name]
        if said.count != file.count:
            yield f"{name}：件数が違います（送付 {file.count:,} 件、受領 {said.count:,} 件）。"
        if said.amount is not None and said.amount != file.amount:
            yield f"{name}：金額が違います（送付 {file.amount:,} 円、受領 {said.amount:,} 円）。"
        if said.sha256 is not None and said.sha256 != file.sha256:
            yield f"{name}：SHA-256 が違います。"
    for name in taken.keys() - ours.keys():
        yield f"{name}：送っていないファイルです。"
    if told.target and told.target != run.target:
        yield f"宛先が違います（{told.target}）。"
    if told.business_date is not None and told.business_date != run.business_date:
        yield f"業務日付が違います（{told.business_date}）。"

"""The nouns of the line, frozen, and the one table of permitted moves. Touches only errors.

Money is whole yen, dates are ISO text, a field's value is a JSON value. Times are aware datetimes that a door hands in.
Boxes are (x, y, width, height) in millimetres from the paper's top-left corner, whatever the scan's resolution.
"""

from __future__ import annotations

from tsuzuri.model.boxes import BOX_MOVES, GONE, BatchSheet, BoxMove, BoxStep, Carton, Removal
from tsuzuri.model.claims import Claim, ExportRun, RunFile, RunStep, Transfer
from tsuzuri.model.documents import Document, Review
from tsuzuri.model.findings import DISPUTED, ILLEGIBLE, TO_KEY, Act, Finding, Severity
from tsuzuri.model.letters import Letter, Post, Reason, Talk, Wording
from tsuzuri.model.listing import Column, Listing, Table
from tsuzuri.model.papers import Batch, Collate, Cut, Page, Placement, Scan, Slip
from tsuzuri.model.readings import (
    CHOSEN,
    MET,
    RESCUED,
    STAINED,
    STAMPED,
    STRUCK,
    WHITENED,
    Box,
    Candidate,
    Field,
    Others,
    Reading,
    Value,
)
from tsuzuri.model.steps import MOVES, Step, step_on

__all__ = [
    "BOX_MOVES", "CHOSEN", "DISPUTED", "GONE", "ILLEGIBLE", "MET", "MOVES", "RESCUED", "STAINED", "STAMPED", "STRUCK",
    "TO_KEY", "WHITENED", "Act", "Batch", "BatchSheet", "Box", "BoxMove", "BoxStep", "Candidate", "Carton", "Claim", "Collate",
    "Column", "Cut", "Document", "ExportRun", "Field", "Finding", "Letter", "Listing", "Others", "Page", "Placement", "Post",
    "Reading",
    "Reason", "Removal", "Review", "RunFile", "RunStep", "Scan", "Severity", "Slip", "Step", "Table", "Talk", "Transfer",
    "Value", "Wording", "step_on",
]

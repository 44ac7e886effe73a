"""The order of the line, told once: load, think, save, say what is next.

Touches the stages, the store, the files and the queue; reads no setting and no clock but the one that a door hands in.
Every function here begins with "am I still needed?", ends in one commit, and nudges the next only after that commit.
"""

from tsuzuri.flow.asking import answer, ask
from tsuzuri.flow.balance import Balance, balance
from tsuzuri.flow.binding import bind_batch, readings, settled
from tsuzuri.flow.blotting import blot
from tsuzuri.flow.boxes import (
    CALLED,
    Received,
    agree_removal,
    drop_removal,
    hindrance,
    keep_until,
    move_box,
    receive_box,
    remove_boxes,
)
from tsuzuri.flow.correcting import correct_sent
from tsuzuri.flow.delivering import Late, Stood, deliver, late_answers, receivers, standing
from tsuzuri.flow.desk import (
    approve,
    approve_clean,
    correct,
    give_back,
    lease,
    release,
    reopen,
)
from tsuzuri.flow.diffs import Difference, diff
from tsuzuri.flow.due import nights_due, nights_missed
from tsuzuri.flow.electronic import Imported, import_receipts
from tsuzuri.flow.hints import dittos, hints
from tsuzuri.flow.holding import reason_help, reason_word, reasons
from tsuzuri.flow.intake import (
    Counted,
    Told,
    against_its_half,
    close_batch,
    declare_batch,
    open_scan,
    recount,
    settle_batch,
    take_scan,
)
from tsuzuri.flow.judging import beside
from tsuzuri.flow.ledgers import Brought, Outcome, import_ledger, try_ledger
from tsuzuri.flow.letters import Said, inquire, remind, talk_ended, talked
from tsuzuri.flow.line import Limits, Line
from tsuzuri.flow.lures import as_shown, confirm, lures, overlooked
from tsuzuri.flow.night import night, nights
from tsuzuri.flow.orphans import Orphans, forget_orphans
from tsuzuri.flow.plain import plain, plain_finding
from tsuzuri.flow.printing import ACCOUNTS, certificate_pdf, file_ledger, ledger_pdf
from tsuzuri.flow.reading import Office, read_file, read_page
from tsuzuri.flow.rebinding import join_previous, move_page, name_form, split
from tsuzuri.flow.receipts_out import Written, write_receipts
from tsuzuri.flow.receiving import Odd, odd_answers, take_answer, take_answers
from tsuzuri.flow.rehearsing import Rehearsal, Would, held_words, rehearse
from tsuzuri.flow.releasing import compared, sign_run, signatures, withdraw_run
from tsuzuri.flow.runs import READING_DOUBTS, SCREEN, Run, Waiting, hold, lay_out, let_go, take_back
from tsuzuri.flow.sampling import Plan, draw_sample, judge_sample, unjudge_sample
from tsuzuri.flow.second import adjudicate, key_blind, take_back_blind
from tsuzuri.flow.strokes import Way
from tsuzuri.flow.sweep import sweep
from tsuzuri.flow.taking import target_of
from tsuzuri.flow.undoing import unapprove
from tsuzuri.flow.uploads import begin_upload, cancel_upload, going_on, new_upload, take_upload, upload
from tsuzuri.flow.work import next_behind, next_paper, take_ahead, turn_of
from tsuzuri.image.glance import glance

JOBS = {"open_scan": open_scan, "read_page": read_page, "bind_batch": bind_batch}

__all__ = [
    "ACCOUNTS",
    "CALLED",
    "JOBS",
    "READING_DOUBTS",
    "SCREEN",
    "Balance",
    "Brought",
    "Counted",
    "Difference",
    "Imported",
    "Late",
    "Limits",
    "Line",
    "Odd",
    "Office",
    "Orphans",
    "Outcome",
    "Plan",
    "Received",
    "Rehearsal",
    "Run",
    "Said",
    "Stood",
    "Told",
    "Waiting",
    "Way",
    "Would",
    "Written",
    "adjudicate",
    "against_its_half",
    "agree_removal",
    "answer",
    "approve",
    "approve_clean",
    "as_shown",
    "ask",
    "balance",
    "begin_upload",
    "beside",
    "bind_batch",
    "blot",
    "cancel_upload",
    "certificate_pdf",
    "close_batch",
    "compared",
    "confirm",
    "correct",
    "correct_sent",
    "declare_batch",
    "deliver",
    "diff",
    "dittos",
    "draw_sample",
    "drop_removal",
    "file_ledger",
    "forget_orphans",
    "give_back",
    "glance",
    "going_on",
    "held_words",
    "hindrance",
    "hints",
    "hold",
    "import_ledger",
    "import_receipts",
    "inquire",
    "join_previous",
    "judge_sample",
    "keep_until",
    "key_blind",
    "late_answers",
    "lay_out",
    "lease",
    "ledger_pdf",
    "let_go",
    "lures",
    "move_box",
    "move_page",
    "name_form",
    "new_upload",
    "next_behind",
    "next_paper",
    "night",
    "nights",
    "nights_due",
    "nights_missed",
    "odd_answers",
    "open_scan",
    "overlooked",
    "plain",
    "plain_finding",
    "read_file",
    "read_page",
    "readings",
    "reason_help",
    "reason_word",
    "reasons",
    "receive_box",
    "receivers",
    "recount",
    "rehearse",
    "release",
    "remind",
    "remove_boxes",
    "reopen",
    "settle_batch",
    "settled",
    "sign_run",
    "signatures",
    "split",
    "standing",
    "sweep",
    "take_ahead",
    "take_answer",
    "take_answers",
    "take_back",
    "take_back_blind",
    "take_scan",
    "take_upload",
    "talk_ended",
    "talked",
    "target_of",
    "try_ledger",
    "turn_of",
    "unapprove",
    "unjudge_sample",
    "upload",
    "withdraw_run",
    "write_receipts",
]

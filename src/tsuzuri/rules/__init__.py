"""Rules: what the papers mean. Ink to values, values to findings, reckoning, the feed's bytes.

Touches only model and errors. `KINDS` and `CHECKS` are all the words a form may use; an unknown one stops the
start-up. Adding a rule is one row in table.py and one small function, named here.

| kind | value |
|---|---|
| `digits` | text of digits |
| `recipient_no` `payer_no` | 7, 8 digits |
| `insurer_no` | 8 digits, or 6 for 国保 (also when padded with 00) |
| `inst_code` | 10 digits, or the short form of 7 |
| `account_no` | 7 digits, zeros put before |
| `postal` | 860-0001 |
| `phone` | 10 or 11 digits without hyphens |
| `int` `yen` | int |
| `kana` | full-width katakana, one full-width space where the ink has a gap |
| `account_kana` | the same, with A–Z 0–9 ( ) - . |
| `name` | as written, one full-width space where the ink has a gap |
| `text` `address` | half-width letters and digits, one space where the ink has a gap |
| `code` | A–Z, digits, - and / |
| `wareki` `ym` | 2024-04-12, 2024-04 |
| `choice` | the printed word |
| `seal` `tick` `struck` | true, false |
"""

from __future__ import annotations

from tsuzuri.rules.facts import FACTS
from tsuzuri.rules.kinds import DOUBTFUL, KINDS, UNREADABLE, Kind, Unreadable, mean, plausible, same, show
from tsuzuri.rules.known import NOTHING, Asked, Known
from tsuzuri.rules.spots import SHAPED, chosen, numeric, parses, plain, printed, spots
from tsuzuri.rules.table import RULES, Entry, Rows, Rule, altered, doubtful, entry, find, key, missing, unreadable
from tsuzuri.rules.tables import Tables
from tsuzuri.rules.words import BY_KIND, CHECKS, FINDS, NEEDS, Check, beside_paper, complaint, parameters
from tsuzuri.rules.writers import FEED_COLUMNS

__all__ = [
    "BY_KIND",
    "CHECKS",
    "DOUBTFUL",
    "FACTS",
    "FEED_COLUMNS",
    "FINDS",
    "KINDS",
    "NEEDS",
    "NOTHING",
    "RULES",
    "SHAPED",
    "UNREADABLE",
    "Asked",
    "Check",
    "Entry",
    "Kind",
    "Known",
    "Rows",
    "Rule",
    "Tables",
    "Unreadable",
    "altered",
    "beside_paper",
    "chosen",
    "complaint",
    "doubtful",
    "entry",
    "find",
    "key",
    "mean",
    "missing",
    "numeric",
    "parameters",
    "parses",
    "plain",
    "plausible",
    "printed",
    "same",
    "show",
    "spots",
    "unreadable",
]

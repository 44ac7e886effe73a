"""A form is one YAML (where) and one JSON Schema (what), parsed and held against each other once, at start-up.

Touches rules only for the words it may use (kinds, checks) and engines for the names of readers. Whatever is unknown or
stray raises Misdeclared with the file, the line and the word that was probably meant. Vocabulary: pipelines/README.md.
"""

from tsuzuri.forms.city import City, load_city
from tsuzuri.forms.declared import Check, Cover, CoverLine, Export, Form, Forms, Print, Rows, Text
from tsuzuri.forms.field import NOWHERE, FieldSpec, Keyed, Part, Point, union
from tsuzuri.forms.keying import ReviewPolicy, asked_as
from tsuzuri.forms.letters import Letters
from tsuzuri.forms.listed import DITTO, asked, claimed, dittoed, repeats, titled
from tsuzuri.forms.load import load_forms
from tsuzuri.forms.private import private
from tsuzuri.forms.regions import TITLE, regions

__all__ = [
    "DITTO",
    "NOWHERE",
    "TITLE",
    "Check",
    "City",
    "Cover",
    "CoverLine",
    "Export",
    "FieldSpec",
    "Form",
    "Forms",
    "Keyed",
    "Letters",
    "Part",
    "Point",
    "Print",
    "ReviewPolicy",
    "Rows",
    "Text",
    "asked",
    "asked_as",
    "claimed",
    "dittoed",
    "load_city",
    "load_forms",
    "private",
    "regions",
    "repeats",
    "titled",
    "union",
]

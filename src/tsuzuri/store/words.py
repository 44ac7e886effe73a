"""What may be stored as a word: text that can be shown on one line. Touches nothing."""

from __future__ import annotations

LONGEST = 64        # characters; the width of the tables' words


def printable(text: str) -> bool:
    """Whether nothing in it is unseen: no control, no turned writing direction, no half of a character.

    The wide space of Japanese is let through beside the narrow one.
    """
    return text.replace("\u3000", " ").isprintable()


def is_word(text: str) -> bool:
    """Whether it may name somebody or something: printable, neither empty nor too long."""
    return 0 < len(text) <= LONGEST and text.strip() != "" and printable(text)

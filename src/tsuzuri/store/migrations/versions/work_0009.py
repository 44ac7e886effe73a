"""Who works at what, and in which order."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what comes next."""


def downgrade() -> None:
    """Nothing was made."""

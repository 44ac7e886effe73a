"""Boxes of paper and their life; what a batch declares beside its sheets."""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what comes next."""


def downgrade() -> None:
    """Nothing was made."""

"""What leaves at night: targets, releases, reversals."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what comes next."""


def downgrade() -> None:
    """Nothing was made."""

"""Files that arrive in pieces, and the receipts that were given for files."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what comes next."""


def downgrade() -> None:
    """Nothing was made."""

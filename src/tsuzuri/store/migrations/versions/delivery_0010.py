"""How files reached their receivers, and what those answered."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by what comes next."""


def downgrade() -> None:
    """Nothing was made."""

"""What Alembic runs: the steps, on the connection and within the transaction that `Store.create` opened."""

from alembic import context

from tsuzuri.store import (  # noqa: F401  their tables belong to the schema
    box_tables,
    delivery_tables,
    desk_tables,
    letter_tables,
    studio_tables,
    upload_tables,
    work_tables,
)
from tsuzuri.store.tables import metadata

# render_as_batch: SQLite changes a table by copying it.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()

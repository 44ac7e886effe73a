"""How the tables came to be, one step a file, by Alembic. `Store.create` walks them."""

"""The steps themselves; each names the one before it."""

"""The scanner station."""

"""Tsuzuri (綴り): a city's paper medical-expense claims, from the scanner to the benefits system."""

__version__ = "0.1.0"

"""Receipts of invented clinics, each in a layout of its own: what a paper without fixed boxes looks like, with its truth.

`tuning` and `others` hold layouts that have nothing in common: what is set on the one is measured on the other.
"""

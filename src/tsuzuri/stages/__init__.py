"""The stages of the line: pure functions of nouns, without session or clock. No stage imports another.

Touches forms, engines, rules, image and what lies below them; never the store, the queue or the web.
"""

"""Fictional papers with known truth: blank forms, filled by invented people, scanned badly; all by seed.

For samples, tests and figures; the line itself never calls it, save `tsuzuri forms draw`. Touches forms and
rules, Pillow, OpenCV and reportlab; never the store, the readers, the network. Begin at papers.make.
"""

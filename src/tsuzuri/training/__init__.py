"""How the small reader of numbers, dates and katakana is made: strips composed, spoiled, learnt, exported. Imported by nothing.

Touches synth (people, real digits) for what is written, the font folders for how, and torch for learning. What composes and what
writes the card needs no torch; what draws, learns and exports does. Begin at `make train`.
All chance comes from (seed, step): a run that was cut off and goes on gives the same network.
"""

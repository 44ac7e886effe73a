"""How sure readings are, measured on papers of known truth: what `make calibrate` writes and every threshold is derived from.

Apart from the rest of training: it makes no network, and the recipe's version does not count it.
"""

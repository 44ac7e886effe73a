"""`python -m tsuzuri.cli`."""

from tsuzuri.cli import main

main()

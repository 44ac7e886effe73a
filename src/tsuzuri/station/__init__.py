"""station: the scanner station's own program. Knows the office only by its HTTP API, imports nothing of the service.

A file is copied into the station's spool, sent, and let go of only with the office's signed receipt in hand. The journal (SQLite,
every step on the disk before the next) is the truth: whatever is cut off where, the next start goes on from it. Nothing here is
decided by the clock on the wall.
"""

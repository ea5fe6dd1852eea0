"""The review of a batch's jobs: what waits, what was decided, and by whom."""

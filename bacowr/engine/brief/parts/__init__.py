"""The parts of a brief, one file each."""

"""The library of placements: which link was agreed, with whom, and where it is."""

"""Rules for regulated areas and for advertising labels, kept as dated data (domain 3.12)."""

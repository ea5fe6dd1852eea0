"""Grounding: which claims of an article the read pages bear out, and which words they don't.

A triage, not a verdict: it compares words, numbers and names, and understands nothing.
"""

"""The history reshaped: one line out of two heads, one revision out of many; each proved first."""

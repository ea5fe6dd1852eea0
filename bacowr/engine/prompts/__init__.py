"""The texts that a writer is given: one file per prompt, each with its version."""

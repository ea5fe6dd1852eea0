"""The previous release's models against the new schema: what breaks while old processes serve."""

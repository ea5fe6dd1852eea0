"""A job's article: its versions, what the checks say of them, and who signs."""

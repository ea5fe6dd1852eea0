"""The safe forms, written into the revisions' files where that is mechanical."""

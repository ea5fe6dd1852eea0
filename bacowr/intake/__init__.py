"""Tables that people bring: files and pasted rows, read, mapped and kept until confirmed."""

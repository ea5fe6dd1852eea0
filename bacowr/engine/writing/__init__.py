"""Having an article written: what the writer is told, and what is made of its answer."""

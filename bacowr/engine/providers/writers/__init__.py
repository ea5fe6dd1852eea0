"""Language models that write, each spoken to in its own protocol over plain HTTP."""

"""SQL as far as changes of a schema need it: tokens, statements, columns, types."""

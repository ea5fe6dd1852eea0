"""From an order to a document: plain Python, no web framework, no database."""

"""BACOWR, the Backlink Content Writer: from an order to a brief, an article and a watched link."""

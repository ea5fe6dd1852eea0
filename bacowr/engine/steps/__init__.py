"""The steps from an order to a document, one file per step."""

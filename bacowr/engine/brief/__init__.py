"""The brief: what a writer needs to know, each thing with the page it comes from."""

"""Each revision up, down and up again on filled tables, and what that did to them."""

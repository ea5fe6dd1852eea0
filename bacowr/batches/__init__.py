"""Many jobs at once, and the review of what came of them."""

"""What jobs cost, and how much may be spent on them."""

"""Services the team pays for: their keys, and connecting the engine to them."""

"""Orders: their states, their steps and their documents."""

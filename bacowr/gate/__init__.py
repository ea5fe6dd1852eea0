"""What every request passes on its way to a door: who is it, may it, and how is it answered."""

"""Ground floor: knows no other room's words."""

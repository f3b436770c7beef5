"""How operators are reached."""

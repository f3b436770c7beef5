"""Help in simple words, one page for each task. Public; uses no personal data."""

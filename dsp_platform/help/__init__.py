"""Help in simple words: one page for each task. Public, without personal data."""

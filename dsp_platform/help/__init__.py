"""Help in simple words: one page for each task. Public, and knows nothing of anybody."""

"""Who may be entitled to what: the rule of a programme judged for one person or for the whole registry."""

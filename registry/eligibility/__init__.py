"""Who may be entitled to what: facts of persons, and verdicts of rules in words."""

"""Changes of circumstances and corrections: the kinds, their questions, and how each is applied."""

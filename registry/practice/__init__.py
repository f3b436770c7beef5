"""An official practises writing a household at the counter, with invented people."""

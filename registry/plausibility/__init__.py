"""What relations, births and deaths cannot be, and what is rare: one table of rules and what they find."""

"""What is known of a person and a household: each fact is one row, with its question, SQL and words."""

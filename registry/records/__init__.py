"""The records of persons and households that operators receive, and the reports that they send back."""

"""The fields of persons, households and what belongs to them: label and formatting, declared once."""

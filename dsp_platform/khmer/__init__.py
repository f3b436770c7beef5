"""Khmer text, digits, dates and money: pure functions, no database, no Django."""

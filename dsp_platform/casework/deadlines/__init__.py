"""Until when each step of an item is promised: counted from its events, kept as rows, shown to the person."""

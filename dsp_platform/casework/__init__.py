"""Whatever waits for a person: items with a state, the table of their steps, events, and the work queue."""

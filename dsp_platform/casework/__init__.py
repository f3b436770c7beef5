"""What waits for a person: the errors of its steps, and its work queue in the admin."""

"""What is asked at the registration and at the counter, one form per page."""

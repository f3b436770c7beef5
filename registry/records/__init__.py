"""What operators may be told of persons and households, and what they report back about them."""

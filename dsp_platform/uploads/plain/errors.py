class NotPlain(Exception):
    """The file holds more than sound, or is not built as its kind is."""

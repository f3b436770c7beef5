"""What people type on a Khmer keyboard."""

_TO_KHMER = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")


def khmer_digits(text: str) -> str:
    return text.translate(_TO_KHMER)

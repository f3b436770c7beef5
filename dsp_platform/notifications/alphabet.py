"""How many parts a text costs on the phone network (3GPP TS 23.038, 23.040)."""

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = set("^{}\\[~]|€\f")  # two septets each


def is_unicode(text: str) -> bool:
    """Whether the text needs UCS-2: one Khmer letter is enough."""
    return not set(text) <= _BASIC | _DOUBLE


def part_count(text: str) -> int:
    if is_unicode(text):
        places, single, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    else:
        places, single, joined = len(text) + sum(sign in _DOUBLE for sign in text), 160, 153
    return 1 if places <= single else -(-places // joined)

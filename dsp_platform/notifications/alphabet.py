"""The phone network's own alphabet (3GPP TS 23.038)."""

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = set("^{}\\[~]|€\f")  # two septets each


def is_unicode(text: str) -> bool:
    """Whether the text needs UCS-2: one Khmer letter is enough."""
    return not set(text) <= _BASIC | _DOUBLE

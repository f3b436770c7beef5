"""How many parts a text costs on the phone network (3GPP TS 23.040)."""

from dsp_platform.notifications.alphabet import _DOUBLE, is_unicode


def part_count(text: str) -> int:
    if is_unicode(text):
        places, single, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    else:
        places, single, joined = len(text) + sum(sign in _DOUBLE for sign in text), 160, 153
    return 1 if places <= single else -(-places // joined)

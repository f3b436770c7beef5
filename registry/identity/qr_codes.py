"""QR codes on cards, slips and letters. They contain a number and nothing else."""

import segno
from django.utils.safestring import SafeString, mark_safe


def code_of(number: str) -> SafeString:
    """An inline SVG of an SPID or a reference. Not a Micro QR code, which phones cannot read."""
    return mark_safe(segno.make_qr(number, error="m").svg_inline(scale=4, border=2, omitsize=True))  # noqa: S308

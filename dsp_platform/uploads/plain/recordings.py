"""By content type: how a recording is made plain."""

from collections.abc import Callable, Mapping

from . import boxes, ogg, streams, webm
from .errors import NotPlain

PLAIN: Mapping[str, Callable[[bytes], bytes]] = {
    "audio/mp4": boxes.plain,
    "audio/3gpp": boxes.plain,
    "audio/mpeg": streams.without_tags,
    "audio/aac": streams.without_tags,
    "audio/ogg": ogg.plain,
    "audio/webm": webm.plain,
    "audio/amr": bytes,  # frames of sound alone (RFC 4867, section 5)
    "audio/wav": streams.wav,
}


def plain_recording(content: bytes, media: str) -> bytes:
    """Without place, device, title and time. Raises ``NotPlain`` for a film, and for what cannot be told."""
    try:
        return PLAIN[media](content)
    except IndexError:
        raise NotPlain from None

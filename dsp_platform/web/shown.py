"""What is sent is what was shown.

A page from which something is sent carries a digest of what it shows. It is computed again when the page is
submitted; where that has changed meanwhile, nothing is sent and the page is shown again and says so.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dsp_platform.web.forms import is_submitted

SHOWN = "shown"
"""The hidden field with the digest."""


def digest_of(*shown: Any) -> str:
    """Of JSON; anything else stands for its words, in the active language."""
    return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


def was_shown(sent: Mapping[str, Any], digest: str) -> bool:
    """Whether the page from which this was sent showed what has this digest. Not where it does not say."""
    return bool(digest) and sent.get(SHOWN) == digest


def is_sent_as_shown(request: HttpRequest, digest: str, otherwise: str = "") -> bool:
    """Whether the page was submitted, and showed what has this digest now. ``otherwise`` is what the page
    says if it did not."""
    if not is_submitted(request):
        return False
    if was_shown(request.POST, digest):
        return True
    messages.warning(
        request,
        otherwise
        or _(
            "Nothing was done yet: what this page says has changed since it was shown. Read it, then press "
            "the button again."
        ),
    )
    return False

"""Which pages take files: declared once, in ``settings.FILE_PAGES``, for the web server, for Django and for
the proxy in docs/guides/uploads.md."""

import re

from django.conf import settings

_LANGUAGE = re.compile(r"/(?:km|en)/")


def size_setting(path: str) -> str:
    """The setting with the megabytes that one file may have on the page of this path; empty where it takes
    none.

    ``path``: with the language, as in the request.
    """
    if language := _LANGUAGE.match(path):
        below = path[language.end() :]
        for page, setting in settings.FILE_PAGES.items():
            if below.startswith(page):
                return setting
    return ""

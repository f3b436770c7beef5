"""The web server's own responses to clients that send files: a page in both languages.

The client is not authenticated, and its language is not known. The texts are in the message catalogue.
"""

from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from waitress.utilities import Error

from dsp_platform.translations.label import Label

RETRY_SECONDS = 60
# The placeholder in the rendered page for the path of the request. ``quote`` would escape its characters.
SENT_TO = "{sent-to}"
MAX_PATH_LENGTH = 200
_pages: dict[int, bytes] = {}


class Refusal(Error):
    title: Label
    advice: Label
    headers: tuple[tuple[str, str], ...] = ()

    def __init__(self) -> None:
        super().__init__("")

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
            ("Cache-Control", "no-store"),
            *self.headers,
        ]
        return f"{self.code} {self.reason}", headers, self.page()

    def page(self) -> bytes:
        """Rendered once in a process, so that refusals are cheap."""
        if self.code not in _pages:
            languages = [code for code, _name in settings.LANGUAGES]
            context = {"refusal": self, "languages": languages, "sent_to": SENT_TO}
            _pages[self.code] = render_to_string("refusal.html", context).encode()
        return _pages[self.code]


class SignInFirst(Refusal):
    code = 403
    reason = "Forbidden"
    title = _("Please sign in first")
    advice = _("Files can be sent only by somebody who is signed in. Sign in, then send your files again.")

    def __init__(self, path: str = "") -> None:
        """``path``: as in WSGI, with the language. After signing in the person returns to it."""
        super().__init__()
        self.rest = path[1:].partition("/")[2]

    def page(self) -> bytes:
        """With links to the sign-in pages of both citizens and officials."""
        rest = self.rest if len(self.rest) <= MAX_PATH_LENGTH else ""
        return super().page().replace(SENT_TO.encode(), quote(rest, encoding="latin-1").encode())


class TooSlow(Refusal):
    code = 408
    reason = "Request Timeout"
    title = _("Your files came too slowly")
    advice = _("They were not received. Go where the signal is better, then send them again, one at a time.")


class TooLarge(Refusal):
    code = 413
    reason = "Request Entity Too Large"
    title = _("This is more than can be sent at once")
    advice = _("Nothing was received. Go back, then send fewer or smaller files at a time.")


class Busy(Refusal):
    code = 503
    reason = "Service Unavailable"
    title = _("Many people are sending files just now")
    advice = _("Your files were not received. Wait a few minutes, go back, then send them again.")
    headers = (("Retry-After", str(RETRY_SECONDS)),)

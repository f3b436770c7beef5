"""A code is requested on one page and entered on the next: the state in the session between the two.

It holds references only, never the code. Each purpose has its own entry in the session and its own
challenges. Opening the first page writes nothing: the session begins when a code is sent.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from dsp_platform.accounts.access.entry_points import NEXT
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.errors import TooManySent
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.accounts.phones import known_browsers
from dsp_platform.encryption import crypto
from dsp_platform.notifications import code_delays
from dsp_platform.notifications.code_delays import CodeDelay

Outcome = TypeVar("Outcome")
KEEP = "keep"


class CodeRequest:
    """``account`` is the account that asks, or for which an official asks; None before signing in.

    ``subject`` is what the code confirms where one phone may have several open: "change:C-123".
    """

    def __init__(
        self, request: HttpRequest, *, purpose: str, subject: str = "", account: User | None = None
    ) -> None:
        self.request = request
        self.purpose = purpose
        self.subject = subject
        self.account = account

    def end(self) -> str:
        """The code was used. The page to go to is kept, so that a double click also gets there."""
        target = self.target
        self.request.session[self.purpose] = {NEXT: target}
        return target

    @property
    def kept(self) -> dict[str, Any]:
        return self.request.session.get(self.purpose, {})

    @property
    def target(self) -> str:
        """The page to go to afterwards."""
        return self.kept.get(NEXT, "")

    @property
    def also_kept(self) -> Any:
        return self.kept.get(KEEP)

    def challenge(self) -> PhoneChallenge | None:
        return codes.challenge_of(
            challenge_id=self.kept.get("challenge", ""),
            browser=self.kept.get("browser", ""),
            purpose=self.purpose,
            subject=self.subject,
            account=self.account,
        )

    def send(
        self, phone: str, target: str, *, language: str = "", again: bool = False, keep: Any = None
    ) -> None:
        """Send a code, unless this browser was just sent one for this phone and returned to the first page.

        ``again``: the person asked for a resend. ``keep`` is what else the second page needs; no personal
        data. Raises TooManySent or TooManyWrong.
        """
        browser = self.kept.get("browser") or _browser_secret(self.request)
        asked: dict[str, Any] = {
            "phone": phone,
            "browser": browser,
            "purpose": self.purpose,
            "subject": self.subject,
            "account": self.account,
        }
        language = language or get_language() or "km"
        try:
            challenge = codes.send_code(**asked, language=language, known=self.is_known(phone))
        except TooManySent:
            open_one = None if again else codes.open_challenge(**asked)
            if open_one is None:
                raise
            challenge = open_one
        self.request.session[self.purpose] = {
            "challenge": str(challenge.pk),
            "browser": browser,
            NEXT: target,
            KEEP: keep or self.kept.get(KEEP),
        }

    def delay(self, phone: str) -> CodeDelay | None:
        """What the page says when codes are delayed or not sent; the same for every number."""
        known = self.purpose in codes.SIGNED_IN or known_browsers.is_known(self.request, phone)
        return code_delays.expected_delay(kind=codes.kind_of(self.purpose), known=known)

    def is_known(self, phone: str) -> bool:
        """Whether account or browser has verified this number before; its rate limits are counted separately.

        Being signed in does not make another account's number known.
        """
        own = self.account is not None and self.account.phone == phone
        return own or self.purpose == codes.Purpose.STEP_UP or known_browsers.is_known(self.request, phone)

    def prove(self, typed: str, then: Callable[[PhoneChallenge], Outcome]) -> Outcome:
        """Raises a ``CodeProblem``."""
        challenge = self.challenge()
        return codes.prove(
            known=challenge is not None and self.is_known(challenge.phone),
            challenge_id=self.kept.get("challenge", ""),
            browser=self.kept.get("browser", ""),
            typed=typed,
            then=then,
            purpose=self.purpose,
            subject=self.subject,
            account=self.account,
        )


def _browser_secret(request: HttpRequest) -> str:
    """Identifies the browser before there is a session: derived from its CSRF cookie.

    Both requests of a double click carry the same cookie and get the same challenge. The secret alone
    verifies nothing: that takes the code, which went to the phone.
    """
    get_token(request)  # sets the cookie if there is none
    return crypto.digest("browser that asks for a code", request.META["CSRF_COOKIE"]).hex()

"""One page asks for a code, the next takes it: what the browser keeps between the two.

References only, never the code. Each purpose has its own place in the session and its own challenges.
A look at the first page writes nothing: the session begins when a code is sent.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import get_language

from dsp_platform import crypto
from dsp_platform.accounts.access.entry_points import NEXT
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.errors import TooManySent
from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.accounts.phones import known_browsers
from dsp_platform.notifications import outlook
from dsp_platform.notifications.outlook import Outlook

Outcome = TypeVar("Outcome")
KEPT = "keep"


class CodeRequest:
    """``account`` is the account that asks, or for which an official asks; None when nobody is signed in yet.
    ``subject`` is what the code is said for, where one phone may be asked about several: "change:C-123"."""

    def __init__(
        self, request: HttpRequest, *, purpose: str, subject: str = "", account: User | None = None
    ) -> None:
        self.request = request
        self.purpose = purpose
        self.subject = subject
        self.account = account

    def end(self) -> str:
        """The code was used. Where the person wanted to go is kept, for a second click on the button."""
        target = self.target
        self.request.session[self.purpose] = {NEXT: target}
        return target

    @property
    def kept(self) -> dict[str, Any]:
        return self.request.session.get(self.purpose, {})

    @property
    def target(self) -> str:
        """Where the person wanted to go."""
        return self.kept.get(NEXT, "")

    @property
    def also_kept(self) -> Any:
        return self.kept.get(KEPT)

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
        """Send a code, unless this browser has just had one for this phone and comes back to the first page.

        ``keep`` is what else the second page will need; no personal data.
        Raises TooManySent or TooManyWrong.
        """
        browser = self.kept.get("browser") or _secret_of_browser(self.request)
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
            KEPT: keep or self.kept.get(KEPT),
        }

    def outlook(self, phone: str) -> Outlook | None:
        """What the page of the code says about codes that do not come; the same for every number."""
        known = self.purpose in codes.SIGNED_IN or known_browsers.is_known(self.request, phone)
        return outlook.of_codes(kind=codes.kind_of(self.purpose), known=known)

    def is_known(self, phone: str) -> bool:
        """Not a stranger to this number: whose limits are then counted apart from those of strangers.

        Whoever is signed in and types another's number is a stranger to it.
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


def _secret_of_browser(request: HttpRequest) -> str:
    """Of the secret that every browser got with the first page, in the cookie against forged requests.

    Both clicks of a double click bring the same one, so they are of one browser and meet one challenge,
    though there is no session yet. It opens nothing by itself: that takes the code, which went to the phone.
    """
    get_token(request)  # gives one to a browser that has none
    return crypto.digest("browser that asks for a code", request.META["CSRF_COOKIE"]).hex()

"""The pages of help, one for each task; their text is in ``templates/help/<slug>.html``."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from dsp_platform.translations.label import Label


@dataclass(frozen=True, slots=True)
class Topic:
    """``reviewed``: the day on which the page was last compared with what the platform does."""

    slug: str
    title: Label
    summary: Label
    picture: str
    reviewed: date


TOPICS = (
    Topic(
        "sign-in",
        _("Sign in with your phone number"),
        _("You need no password. We send a code to your phone each time."),
        "phone",
        date(2026, 11, 22),
    ),
    Topic(
        "register",
        _("Register your household"),
        _(
            "You register once. Then every person of the household has a social protection number, "
            "called SPID."
        ),
        "household",
        date(2026, 11, 22),
    ),
    Topic(
        "find-support",
        _("Find support"),
        _("Everybody can look at the programmes. You need no account."),
        "search",
        date(2026, 11, 22),
    ),
    Topic(
        "apply",
        _("Apply for a programme"),
        _("You tell only what is not known yet. Applying costs nothing."),
        "apply",
        date(2026, 11, 22),
    ),
    Topic(
        "documents",
        _("Send documents with the camera"),
        _("A clear photo from your phone is enough."),
        "camera",
        date(2026, 11, 29),
    ),
    Topic(
        "follow",
        _("Follow an application"),
        _("You see each step of your application, and what comes next."),
        "letter",
        date(2026, 11, 22),
    ),
    Topic(
        "grievance",
        _("Report a grievance or appeal"),
        _("Everybody may report a grievance. You need no account, and you may leave out your name."),
        "grievance",
        date(2026, 11, 22),
    ),
    Topic(
        "my-data",
        _("My data and my consent"),
        _("Your information is yours. You see who has it, and who looked at it."),
        "data",
        date(2026, 11, 22),
    ),
    Topic(
        "changes",
        _("Something changed in the household"),
        _("Tell it once. Those who support you get the news by themselves."),
        "change",
        date(2026, 11, 22),
    ),
    Topic(
        "lost-phone",
        _("Lost phone or new number"),
        _("With or without the old number, you can get back in."),
        "lost-phone",
        date(2026, 11, 29),
    ),
    Topic(
        "office",
        _("At the commune or sangkat office"),
        _("An official can do everything with you. You need no phone and no reading."),
        "office",
        date(2026, 11, 22),
    ),
    Topic(
        "safety",
        _("Stay safe"),
        _("Nobody may ask you for money or for a code."),
        "safety",
        date(2026, 11, 29),
    ),
)


def topic(slug: str) -> Topic | None:
    return next((found for found in TOPICS if found.slug == slug), None)

"""What the pages of a registration have in common: the draft, its wizard, and who is registered already."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.accounts.visitors import assisted_session_of
from registry.models import Draft
from registry.persons.subject import subject_of, user_of
from registry.phones.replacements.selectors import waiting_by_new_phone
from registry.registration.closed_records import closed_record_of
from registry.registration.counter_wizard import CounterWizard
from registry.registration.drafts import kept_until, registered_household, save_draft
from registry.registration.returns import lives_nowhere, with_record
from registry.registration.selectors import draft_of
from registry.registration.wizard import RegistrationWizard


def draft_at(request: HttpRequest) -> Draft | None:
    return draft_of(user_of(request), assisted_session_of(request))


def wizard_at(request: HttpRequest, draft: Draft | None) -> RegistrationWizard:
    """At the counter the household is a roster; a citizen answers one question a page."""
    kind = CounterWizard if assisted_session_of(request) else RegistrationWizard
    return kind(with_record(draft.answers if draft else {}, subject_of(request)))


def save_at(request: HttpRequest, wizard: RegistrationWizard) -> None:
    save_draft(owner=user_of(request), assisted_session=assisted_session_of(request), answers=wizard.answers)


def finished(request: HttpRequest, draft: Draft | None) -> HttpResponse | None:
    """A redirect for somebody who is registered already; otherwise None."""
    if registered_household(draft) is not None:
        return redirect("registry:registered")
    subject = subject_of(request)
    if lives_nowhere(subject):
        return None
    if subject is None:
        if assisted_session_of(request) is not None:
            return None
        # This number is to become that of a registered person: a registration would conflict.
        if waiting_by_new_phone(user_of(request)):
            return redirect("registry:me")
        # The account's person was recorded as dead, and nobody confirmed to be somebody else.
        closed = closed_record_of(user_of(request))
        return redirect("registry:me") if closed and not closed.is_followed_by(draft) else None
    if until := kept_until(draft):  # linked to a record meanwhile, by a claim or at the counter
        words = _("You are registered already. The answers you began are deleted on %(date)s.")
        messages.info(request, words % {"date": date_format(until, "SHORT_DATE_FORMAT")})
    return redirect("registry:me")

"""An answer that was written offline, and came when its case had ended: it goes into that case's draft."""

import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.acting.form_token import Acting
from dsp_platform.wizard.questions import CHECK, Key
from registry.persons.subject import user_of
from registry.plausibility.wizard import Implausible
from registry.registration.counter_wizard import CounterWizard
from registry.registration.drafts import add_late_answers
from registry.registration.roster.roster import apply_roster
from registry.registration.selectors import left_unfinished

ROSTER, PAGES = "registry:roster", ("registry:register_question", "registry:register_member")


def late_answer(request: HttpRequest, shown: Acting) -> str:
    match, official = request.resolver_match, user_of(request)
    if match is None or match.view_name not in (ROSTER, *PAGES) or not shown.assisted_session:
        return ""
    ended = UUID(shown.assisted_session)
    draft = left_unfinished(official).filter(assisted_session_id=ended).first()
    wizard = CounterWizard(copy.deepcopy(draft.answers) if draft else {})
    if draft is None:
        return ""
    if match.view_name == ROSTER:
        # Each row says what it was written upon: what was changed meanwhile is an error, and stays.
        fits = wizard.is_done(Key("consent")) and not apply_roster(wizard, request.POST, official=official)
    else:
        fits = _put(request, wizard, Key(match.kwargs["question"], match.kwargs.get("number")))
    if not fits or not add_late_answers(
        official=official, ended=ended, before=draft.answers, answers=wizard.answers
    ):
        return ""
    messages.success(request, _("What you wrote offline was added to the registration you began."))
    return reverse("registry:counter")


def _put(request: HttpRequest, wizard: CounterWizard, key: Key) -> bool:
    """What was answered meanwhile stays; the check page has nothing that was typed."""
    if key.name == CHECK or not wizard.is_open(key) or wizard.is_done(key):
        return False
    form = wizard.form(request, key)
    if not form.is_valid():
        return False
    try:
        wizard.require_possible(key, form.answers)
    except Implausible:
        return False
    wizard.put(key, form.answers)
    return True

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
from registry.registration.drafts import add_late_answers
from registry.registration.selectors import left_unfinished
from registry.registration.wizard import RegistrationWizard

PAGES = ("registry:register_question", "registry:register_member")


def late_answer(request: HttpRequest, shown: Acting) -> str:
    match = request.resolver_match
    if match is None or match.view_name not in PAGES or not shown.assisted_session:
        return ""
    ended, official = UUID(shown.assisted_session), user_of(request)
    draft = left_unfinished(official).filter(assisted_session_id=ended).first()
    key = Key(match.kwargs["question"], match.kwargs.get("number"))
    wizard = RegistrationWizard(copy.deepcopy(draft.answers) if draft else {})
    # What was answered meanwhile stays; the check page has nothing that was typed.
    if draft is None or key.name == CHECK or not wizard.is_open(key) or wizard.is_done(key):
        return ""
    form = wizard.form(request, key)
    if not form.is_valid():
        return ""
    try:
        wizard.require_possible(key, form.answers)
    except Implausible:
        return ""
    wizard.put(key, form.answers)
    if not add_late_answers(official=official, ended=ended, before=draft.answers, answers=wizard.answers):
        return ""
    messages.success(request, _("What you wrote offline was added to the registration you began."))
    return reverse("registry:counter")

"""What can I get? Public, without an account; the answers are stored nowhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from dsp_platform.web.forms import SWITCH, is_submitted
from dsp_platform.wizard.questions import CHECK, Key
from registry.eligibility.reasons import Addressee
from registry.eligibility.verdict import judge_facts
from registry.programmes import selectors
from registry.programmes.availability import is_open
from registry.programmes.check_wizard import CheckWizard, facts_of, seal, unseal


# Nothing is written, so a request forged by another site does no harm; the token would need a cookie.
@csrf_exempt
def check(request: HttpRequest) -> HttpResponse:
    """The beginning by GET. Every question, and the result, is the answer to a POST."""
    if request.method != "POST":
        return _start(request)
    wizard = CheckWizard(unseal(request.POST.get("answers", "")))
    key = Key(request.POST.get("question", ""))
    if request.POST.get("change") in wizard.questions:
        return _ask(request, wizard, Key(request.POST["change"]))
    if "back" in request.POST:
        before = wizard.before(key)
        return _ask(request, wizard, before) if before else _start(request)
    if key.name in wizard.questions:
        if "unknown" in request.POST and SWITCH not in request.POST:
            wizard.put(key, {"answer": None})
        else:
            form = wizard.form(request, key)
            if not is_submitted(request) or not form.is_valid():
                return _show(request, wizard, key, form)
            wizard.put(key, form.answers)
    wizard.programmes = [found for found in selectors.programmes() if is_open(found)]
    after = wizard.first_open()
    return _result(request, wizard) if after.name == CHECK else _ask(request, wizard, after)


def _start(request: HttpRequest) -> HttpResponse:
    return render(request, "registry/programmes/check_start.html")


def _ask(request: HttpRequest, wizard: CheckWizard, key: Key) -> HttpResponse:
    form = wizard.questions[key.name].form(**wizard.form_kwargs(request, key))
    return _show(request, wizard, key, form)


def _show(request: HttpRequest, wizard: CheckWizard, key: Key, form: Any) -> HttpResponse:
    asked = list(wizard.answers)
    context = {
        "form": form,
        "key": key,
        "number": (asked.index(key.name) if key.name in asked else len(asked)) + 1,
        "answers": seal(wizard.answers),
    }
    return render(request, "registry/programmes/check_question.html", context)


def _result(request: HttpRequest, wizard: CheckWizard) -> HttpResponse:
    facts = facts_of(wizard.answers)
    addressee: Addressee = "they" if wizard.is_about_other else "you"
    verdicts = [(programme, judge_facts(programme, facts, addressee)) for programme in wizard.programmes]
    context = {
        "groups": [
            (outcome, [(programme, verdict) for programme, verdict in verdicts if verdict.outcome == outcome])
            for outcome in ("likely", "more", "unlikely")
        ],
        "rows": wizard.rows(),
        "questions": {fact: wizard.heading(fact) for fact in wizard.answers},
        "answers": seal(wizard.answers),
    }
    return render(request, "registry/programmes/check_result.html", context)

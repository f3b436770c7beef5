"""What can I get? For everybody, without an account; nothing that is answered here is kept anywhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from dsp_platform.forms import SWITCH, bind, is_submitted
from registry.eligibility.verdict import judge_facts
from registry.eligibility.words import Voice
from registry.models import Programme
from registry.programmes import check_forms as asking
from registry.programmes import selectors
from registry.programmes.check_forms import QUESTIONS, Answers, QuestionForm

_JUDGED = (Programme.State.OPEN, Programme.State.SEASONAL)


# Another site could only make a browser ask us something: nothing is written, so there is no token to
# keep in a cookie either.
@csrf_exempt
def check(request: HttpRequest) -> HttpResponse:
    """The beginning by GET. Every question, and the result, is the answer to a POST."""
    if request.method != "POST":
        return render(request, "registry/programmes/check_start.html")
    answers = asking.unseal(request.POST.get("answers", ""))
    fact = request.POST.get("question", "")
    fact = fact if fact in QUESTIONS else ""
    if request.POST.get("change") in QUESTIONS:
        return _ask(request, request.POST["change"], answers)
    if "back" in request.POST:
        before = asking.question_before(answers, fact)
        return (
            _ask(request, before, answers)
            if before
            else render(request, "registry/programmes/check_start.html")
        )
    if not fact:
        return _go_on(request, answers)
    return _answer(request, fact, answers)


def _answer(request: HttpRequest, fact: str, answers: Answers) -> HttpResponse:
    form = bind(QuestionForm, request, fact=fact, answers=answers)
    if "unknown" in request.POST and SWITCH not in request.POST:
        return _go_on(request, answers | {fact: None})
    if is_submitted(request) and form.is_valid():
        return _go_on(request, answers | {fact: form.value})
    return _question(request, form, answers)


def _ask(request: HttpRequest, fact: str, answers: Answers) -> HttpResponse:
    return _question(request, QuestionForm(fact=fact, answers=answers), answers)


def _go_on(request: HttpRequest, answers: Answers) -> HttpResponse:
    programmes = [found for found in selectors.programmes() if found.state in _JUDGED]
    fact = asking.next_question(answers, programmes)
    return _ask(request, fact, answers) if fact else _result(request, answers, programmes)


def _question(request: HttpRequest, form: QuestionForm, answers: Answers) -> HttpResponse:
    asked = list(answers)
    context = {
        "form": form,
        "question": form.fact,
        "number": (asked.index(form.fact) if form.fact in asked else len(asked)) + 1,
        "answers": asking.seal(answers),
    }
    return render(request, "registry/programmes/check_question.html", context)


def _result(request: HttpRequest, answers: Answers, programmes: list[Programme]) -> HttpResponse:
    facts = asking.facts_told(answers)
    voice: Voice = "they" if answers.get(asking.WHOM) == asking.OTHER else "you"
    verdicts = [(programme, judge_facts(programme, facts, voice)) for programme in programmes]
    context = {
        "groups": [
            (outcome, [(programme, verdict) for programme, verdict in verdicts if verdict.outcome == outcome])
            for outcome in ("likely", "more", "unlikely")
        ],
        "told": asking.told(answers),
        "questions": {fact: QUESTIONS[fact].words(answers) for fact in answers},
        "answers": asking.seal(answers),
    }
    return render(request, "registry/programmes/check_result.html", context)

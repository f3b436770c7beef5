"""The wizard of a registration: one question a page, saved at each "Continue"."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dsp_platform.accounts.access.decorators import actor_required
from dsp_platform.accounts.visitors import assisted_session_of
from dsp_platform.web.forms import is_submitted, saved
from dsp_platform.web.shown import digest_of
from dsp_platform.wizard.questions import CHECK, Answer, Key
from dsp_platform.wizard.views import WizardView
from registry.errors import (
    AlreadyRegistered,
    InvalidDetails,
    MoverConfirmationNeeded,
    SomebodyAlike,
    TooManyLookups,
)
from registry.models import Draft, Person
from registry.persons.alike import told_alike
from registry.persons.labels import NO_DOCUMENT, full_name
from registry.persons.selectors import person_visible_to
from registry.persons.subject import log_access, subject_of, user_of
from registry.persons.validation import MEMBERS as MOST_MEMBERS
from registry.plausibility.wizard import RARE, Implausible
from registry.registration.alike import ALIKE_QUESTION, ask_again, compare, note_answer, take_over
from registry.registration.answers import ALIKE, ELSEWHERE, HEAD_ID, IS, RETURNS, answers_to_details
from registry.registration.drafts import kept_until, registered_household
from registry.registration.former_home import question_of_former
from registry.registration.members_elsewhere_views import ask_for_confirmation
from registry.registration.pages import draft_at, finished, save_at, wizard_at
from registry.registration.questions import AGAIN, MEMBERS
from registry.registration.returns import lives_nowhere
from registry.registration.services import is_document_taken, register_household
from registry.registration.wizard import RegistrationWizard

RETURN, ANOTHER = "return", "another"


class RegistrationQuestion(WizardView[RegistrationWizard]):
    """Without the name of a question: redirects to the first one that is open."""

    draft: Draft | None
    added_meanwhile = ""
    """The name of the member written down under this number in another window."""
    refusals = (Implausible,)

    def prepare(self) -> HttpResponse | None:
        self.draft = draft_at(self.request)
        self.wizard = wizard_at(self.request, self.draft)
        wanted = self.request.GET.get(RETURN, "")
        self.back_to = wanted if wanted in (CHECK, MEMBERS) else ""
        if self.kwargs.get("question") == CHECK and registered_household(self.draft) is not None:
            saved(self.request)  # by a first click
        return finished(self.request, self.draft)

    def store(self) -> None:
        save_at(self.request, self.wizard)

    def caption(self, key: Key) -> str:
        caption = self.wizard.names.get(key.number, "") if key.number is not None else ""
        if key.number is not None and (not caption or key.name == "name"):
            caption = _("Head of household") if key.number == HEAD_ID else _("Another member")
        return caption

    def page(self, key: Key) -> dict[str, Any]:
        wizard = self.wizard
        before = Key(self.back_to) if self.back_to else wizard.before(key)
        context = {
            "caption": self.caption(key),
            "back_url": wizard.url(before) if before else "",
            "part": wizard.part(key),
            "parts": len(wizard.parts),
            "kept_until": kept_until(self.draft),
            "returns": RETURNS in wizard.member(HEAD_ID),
            "added_meanwhile": self.added_meanwhile,
        }
        if key.name == AGAIN:
            context["former_elsewhere"] = wizard.former_elsewhere
        if key.name == MEMBERS:
            context["people"] = [(member, wizard.names[member["id"]]) for member in wizard.members]
        return context

    def ask(self, key: Key) -> HttpResponse:
        """Two windows may both have begun "one more member", under the same number: the later one is asked
        whether it names the same person."""
        wizard, another = self.wizard, ANOTHER in self.request.POST
        if not is_submitted(self.request) or key.name != "name" or key.number == HEAD_ID:
            return super().ask(key)
        if another:
            key = Key("name", wizard.answers.get("last", HEAD_ID))
        elif self.is_asked_the_same(key):
            return super().ask(key)
        form = wizard.form(self.request, key)
        if form.is_valid() and form.answers == wizard.answer(key):  # the same sent twice
            return self.answered(key, form.answers)
        if another and wizard.is_full:
            return self._full()
        if another:
            return super().ask(Key("name", wizard.next_id))
        self.added_meanwhile = full_name(wizard.member(key.number))
        self.template = "registry/registration/added_meanwhile.html"
        return super().ask(key)

    def asked_with(self, key: Key) -> str:
        if key.name != "name" or key.number == HEAD_ID:
            return super().asked_with(key)
        return digest_of(super().asked_with(key), full_name(self.wizard.member(key.number)))

    def is_asked_the_same(self, key: Key) -> bool:
        return ANOTHER in self.request.POST or super().is_asked_the_same(key)

    def show(self, key: Key, form: Any) -> HttpResponse:
        if key.name == "document":
            self.template = "registry/registration/document.html"
        return super().show(key, form)

    def answered(self, key: Key, answer: Answer) -> HttpResponse:
        wizard = self.wizard
        if key.name == RARE and answer["right"] == "no":
            return self._to_correct(key)
        wizard.require_possible(key, answer)
        if key.name == ALIKE and (person := self._lives_elsewhere(answer)):
            return self._registered_already(key, person)
        wizard.put(key, answer)
        self._compare(key)
        self.store()
        if key.name == MEMBERS and answer["more"] == "yes" and wizard.is_full:
            return self._full()
        saved(self.request)
        if key.name == ALIKE and answer[IS] == ELSEWHERE:
            self._ask_for_number(key)
            return self._to(Key("document", key.number))
        if key.name == "document" and self._is_taken(answer):
            return redirect("registry:register_already", key.number)
        if key.name == "document" and (question := self._question_of_former(wizard.member(key.number))):
            messages.warning(self.request, question)
            return self._to(Key(MEMBERS) if wizard.is_open(Key(MEMBERS)) else key)
        if key.name == MEMBERS and answer["more"] == "yes":
            return self._to(Key("name", wizard.next_id))
        return self._to(wizard.after(key, self.back_to))

    def _compare(self, key: Key) -> None:
        """At the counter: who is registered and may be this member, and what was answered to that."""
        assisted_session, member = assisted_session_of(self.request), self.wizard.member(key.number)
        if assisted_session is None or not member:
            return
        if key.name == ALIKE:
            note_answer(member)
            if person := self._person_of(member[IS]):
                take_over(member, person)
        elif key.name in ALIKE_QUESTION.depends_on:
            village = self.wizard.answers.get("place", {}).get("village_code", "")
            compare(
                member, official=user_of(self.request), assisted_session=assisted_session, village=village
            )

    def _person_of(self, spid: str) -> Person | None:
        return person_visible_to(user_of(self.request), spid)

    def _lives_elsewhere(self, answer: Answer) -> Person | None:
        """Whom the member is said to be, where that person lives in a household."""
        person = self._person_of(answer[IS])
        return None if lives_nowhere(person) else person

    def _registered_already(self, key: Key, person: Person) -> HttpResponse:
        log_access(self.request, person)
        context = self.page(key) | {"key": key, "person": person, "is_head": key.number == HEAD_ID}
        return render(self.request, "registry/registration/registered_already.html", context)

    def _ask_for_number(self, key: Key) -> None:
        words = _(
            "By their SPID or document the record of %(person)s is found: enter it here. Without one, do not "
            "register the person again: the commune where they are registered can help."
        )
        messages.info(self.request, words % {"person": self.wizard.names[key.number or HEAD_ID]})

    def _to_correct(self, rare: Key) -> HttpResponse:
        wizard = self.wizard
        if rare.number != HEAD_ID or RETURNS not in wizard.member(HEAD_ID):
            return self._to(wizard.to_correct(rare))
        words = _(
            "The record of %(person)s is corrected by a change: “Tell what changed”, “Something is written "
            "wrong”. Until it is decided, go on with what is recorded."
        )
        messages.warning(self.request, words % {"person": wizard.names[HEAD_ID]})
        return self._to(rare)

    def _question_of_former(self, member: dict[str, Any]) -> str:
        """Whether somebody is entered as new who lived with the head before; "" where nobody is."""
        person, wizard = subject_of(self.request), self.wizard
        at_counter = assisted_session_of(self.request) is not None
        if person is None or (at_counter and member["document_number"]):
            return ""
        return question_of_former(person, wizard.members, member)

    def _full(self) -> HttpResponse:
        words = _("Nobody was added: a household has at most %(most)d members.")
        messages.warning(self.request, words % {"most": MOST_MEMBERS})
        return self._to(Key(MEMBERS))

    def _ask_about(self, error: SomebodyAlike) -> HttpResponse | None:
        """None where the official is told no more today."""
        member, case = self.wizard.members[error.member], assisted_session_of(self.request)
        try:
            found = told_alike(error.persons, official=user_of(self.request), assisted_session=case)
        except TooManyLookups:
            return None
        ask_again(member, found)
        self.store()
        self.back_to = CHECK
        return self._to(Key(ALIKE, member["id"]))

    def _is_taken(self, answer: Answer) -> bool:
        return bool(answer["document_number"]) and is_document_taken(
            actor=user_of(self.request),
            assisted_session=assisted_session_of(self.request),
            document_type=answer["document_type"],
            document_number=answer["document_number"],
        )

    def _to(self, key: Key) -> HttpResponse:
        url, query = self.wizard.url(key), {RETURN: self.back_to} if self.back_to else {}
        return redirect(f"{url}?{urlencode(query)}" if query else url)

    def _url_to_change(self, key: Key) -> str:
        """Of whoever returns, the record answers some questions: their page shows it."""
        wizard = self.wizard
        is_recorded = RETURNS in wizard.member(key.number) and key not in wizard.order()
        return reverse("registry:me") if is_recorded else wizard.url_to_change(key)

    def check(self) -> HttpResponse:
        wizard, problems = self.wizard, []
        if self.is_confirmed():
            try:
                register_household(
                    actor=user_of(self.request),
                    details=answers_to_details(wizard.answers),
                    draft=self.draft,
                    assisted_session=assisted_session_of(self.request),
                    keep=self.request.session.session_key,
                )
            except AlreadyRegistered as error:
                taken = Key("document", wizard.members[error.member]["id"])
                if taken in wizard.order():
                    return redirect("registry:register_already", taken.number)
                words = _(
                    "The record of %(person)s has changed, so these answers cannot be sent. Look at the page "
                    "of this person, and begin again."
                )
                name = wizard.names[wizard.members[error.member]["id"]]
                problems = [(words % {"person": name}, self._url_to_change(taken))]
            except SomebodyAlike as error:
                if asked := self._ask_about(error):
                    return asked
                changed = self._url_to_change(Key("name", wizard.members[error.member]["id"]))
                problems = [(str(TooManyLookups.of_names), changed)]
            except TooManyLookups:
                words = _("Too many documents were tried today. Try tomorrow, or go to the commune office.")
                problems = [(words, self._url_to_change(Key("document", HEAD_ID)))]
            except MoverConfirmationNeeded as error:
                return ask_for_confirmation(self.request, error.person_id, error.member)
            except InvalidDetails as error:
                problems = [(one.message, self._url_to_change(wizard.key_of(one))) for one in error.problems]
            else:
                saved(self.request)
                return redirect("registry:registered")
        self.back_to = ""
        context = self.page(Key(CHECK)) | {
            "problems": problems,
            "household": wizard.household_rows(),
            "people": [(wizard.names[one["id"]], wizard.member_rows(one["id"])) for one in wizard.members],
            "digest": wizard.digest(),
        }
        return render(self.request, "registry/registration/check.html", context)


question = actor_required(RegistrationQuestion.as_view())


@actor_required
def already(request: HttpRequest, number: int) -> HttpResponse:
    """Where a member cannot be registered as somebody new: the ways that are left.

    It says the same by whatever the person was found, whoever they are, and nothing about them. Whoever opens
    it by its address reads the same.
    """
    draft = draft_at(request)
    if done := finished(request, draft):
        return done
    wizard, document = wizard_at(request, draft), Key("document", number)
    if not (document in wizard.order() and wizard.is_done(document)):
        return redirect("registry:register")
    is_complete = wizard.is_complete
    context = {
        "name": wizard.names[number],
        "number": number,
        "is_head": number == HEAD_ID,
        "has_document": wizard.member(number)["document_type"] != NO_DOCUMENT,
        "document_url": wizard.url_to_change(document) if is_complete else wizard.url(document),
        "back_url": wizard.url(Key(CHECK) if is_complete else document),
        "kept_until": kept_until(draft),
    }
    return render(request, "registry/registration/already.html", context)


@actor_required
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a member from a draft, after confirmation."""
    draft = draft_at(request)
    if done := finished(request, draft):
        return done
    wizard = wizard_at(request, draft)
    member = wizard.member(number)
    if member and not is_submitted(request):
        context = {"name": wizard.names[number], "back_url": wizard.url(Key(MEMBERS))}
        return render(request, "registry/registration/remove.html", context)
    if member:
        wizard.remove(number)
        save_at(request, wizard)
        messages.success(request, _("The person was taken off the list."))
    return redirect(wizard.url(Key(MEMBERS)))

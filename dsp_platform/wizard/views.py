from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from dsp_platform.web.forms import is_submitted, saved, unvalidated
from dsp_platform.web.shown import digest_of, is_sent_as_shown
from dsp_platform.wizard.questions import CHECK, Answer, Key
from dsp_platform.wizard.wizard import Wizard

ASKED_WITH = "asked_with"
"""The hidden field of a question's page: for whom, and after which answers, it was asked."""
ANSWER_MISSING = gettext_lazy(
    "Your last answer was not saved: an answer before it is missing. It was changed, sent or deleted in "
    "another window."
)

W = TypeVar("W", bound=Wizard)


class WizardView(View, Generic[W]):
    """One page of a wizard: GET shows a question, POST stores its answer and goes on."""

    wizard: W
    template = "wizard/question.html"
    refusals: tuple[type[Exception], ...] = ()
    """Errors of ``answered`` that the page shows above its form."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponse]:
        """Typed more narrowly than Django's: the decorators of views ask for it."""
        return cast(Callable[..., HttpResponse], super().as_view(**initkwargs))

    def prepare(self) -> HttpResponse | None:
        """Sets ``wizard``. Returns a response where this person has no question to answer here; it is
        ``saved`` where the check page was sent before, such as by a first click.
        """
        raise NotImplementedError

    def store(self) -> None:
        """Store ``wizard.answers`` in the draft."""
        raise NotImplementedError

    def caption(self, key: Key) -> str:
        """Above the heading: whom or what the question is about."""
        return ""

    def page(self, key: Key) -> dict[str, Any]:
        """What a page shows besides its form: progress and the way back."""
        order, before = self.wizard.order(), self.wizard.before(key)
        return {
            "caption": self.caption(key),
            "part": order.index(key) + 1,
            "parts": len(order),
            "back_url": self.wizard.url(before) if before else "",
        }

    def check(self) -> HttpResponse:
        """The check page: shows the rows, and sends the answers."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = Key(kwargs["question"], kwargs.get("number"))
        if (response := self.prepare()) is not None:
            return response
        if not self.wizard.is_open(key):
            if is_submitted(request):
                messages.warning(request, ANSWER_MISSING)
            return redirect(self.wizard.url(self.wizard.first_open()))
        return self.check() if key.name == CHECK else self.ask(key)

    def ask(self, key: Key) -> HttpResponse:
        form = self.wizard.form(self.request, key)
        if is_submitted(self.request) and not self.is_asked_the_same(key):
            messages.warning(
                self.request,
                _(
                    "Your answer was not saved yet: something before it was changed in another window. Look "
                    "whom this question is about, then continue."
                ),
            )
            unvalidated(form)
        elif is_submitted(self.request) and form.is_valid():
            try:
                return self.answered(key, form.answers)
            except self.refusals as problem:
                form.add_error(None, str(problem))
        return self.show(key, form)

    def answered(self, key: Key, answer: Answer) -> HttpResponse:
        self.wizard.put(key, answer)
        self.store()
        saved(self.request)
        return redirect(self.wizard.url(self.wizard.after(key)))

    def show(self, key: Key, form: Any) -> HttpResponse:
        question = self.wizard.questions[key.name]
        context = {
            "question": question,
            "key": key,
            "form": form,
            "asked_with": self.asked_with(key),
            **self.page(key),
        }
        return render(self.request, question.template or self.template, context)

    def asked_with(self, key: Key) -> str:
        return digest_of(self.caption(key), self.wizard.depended_on(key))

    def is_asked_the_same(self, key: Key) -> bool:
        """Whether the question is still about the same, and chosen by the same answers, as on the page from
        which the answer comes."""
        return self.request.POST.get(ASKED_WITH, self.asked_with(key)) == self.asked_with(key)

    def is_confirmed(self) -> bool:
        """Whether the check page was sent, and with the answers that stand in the draft now."""
        return is_sent_as_shown(
            self.request,
            self.wizard.digest(),
            _(
                "Nothing was sent: the answers may have changed since they were shown. Check them, then send "
                "them again."
            ),
        )

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from dsp_platform.web.forms import is_submitted
from dsp_platform.wizard.questions import CHECK, Answer, Key
from dsp_platform.wizard.wizard import Wizard

SHOWN = "shown"
"""The hidden field of the check page with the digest of the answers on it."""


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
        """Sets ``wizard``. Returns a response where this person has no question to answer here."""
        raise NotImplementedError

    def store(self) -> None:
        """Store ``wizard.answers`` in the draft."""
        raise NotImplementedError

    def page(self, key: Key) -> dict[str, Any]:
        """What a page shows besides its form: progress, the way back, and a ``caption`` above the heading."""
        order, before = self.wizard.order(), self.wizard.before(key)
        return {
            "part": order.index(key) + 1,
            "parts": len(order),
            "back_url": self.wizard.url(before) if before else "",
        }

    def check(self) -> HttpResponse:
        """The check page: shows the rows, and sends the answers."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (response := self.prepare()) is not None:
            return response
        key = Key(kwargs["question"], kwargs.get("number"))
        if not self.wizard.is_open(key):
            return redirect(self.wizard.url(self.wizard.first_open()))
        return self.check() if key.name == CHECK else self.ask(key)

    def ask(self, key: Key) -> HttpResponse:
        form = self.wizard.form(self.request, key)
        if is_submitted(self.request) and form.is_valid():
            try:
                return self.answered(key, form.answers)
            except self.refusals as problem:
                form.add_error(None, str(problem))
        return self.show(key, form)

    def answered(self, key: Key, answer: Answer) -> HttpResponse:
        self.wizard.put(key, answer)
        self.store()
        return redirect(self.wizard.url(self.wizard.after(key)))

    def show(self, key: Key, form: Any) -> HttpResponse:
        question = self.wizard.questions[key.name]
        context = {"question": question, "key": key, "form": form, **self.page(key)}
        return render(self.request, question.template or self.template, context)

    def is_confirmed(self) -> bool:
        """Whether the check page was sent, and with the answers that stand in the draft now."""
        if not is_submitted(self.request):
            return False
        if self.request.POST.get(SHOWN) == self.wizard.digest():
            return True
        messages.warning(
            self.request,
            _(
                "Nothing was sent: the answers may have changed since they were shown. Check them, then send "
                "them again."
            ),
        )
        return False

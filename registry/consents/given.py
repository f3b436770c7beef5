"""How a person at the counter agrees to what is read to them: one tick says "read out", more is asked for."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.accounts.assisted_sessions.services import Given
from dsp_platform.accounts.errors import Expired
from dsp_platform.accounts.models import AssistedSession, PhoneChallenge
from dsp_platform.web.forms import bind
from registry.models import Person

HOW = AssistedSession.ConsentHow


def given_in(case: AssistedSession | None) -> Given:
    """How a consent is given in a case where nothing else is said: a witness of its beginning is still there.
    A code to open a case says yes to the help only."""
    if case is None or not case.consent_witness:
        return Given()
    return Given(how=HOW.WITNESS, witness=case.consent_witness)


def given_by_code(person: Person, proved: PhoneChallenge) -> Given:
    """Raises ``Expired`` where the phone that got the code is not the person's any more."""
    if proved.phone != Person.objects.values_list("phone", flat=True).get(pk=person.pk):
        raise Expired
    return Given(how=HOW.CODE, language=get_language() or "km")


class GivenForm(forms.Form):
    """Without an answer: read out. A signed sheet is no answer, its photo is."""

    use_required_attribute = False

    given = forms.ChoiceField(
        label=gettext_lazy("How the person agrees"),
        choices=[(one.value, one.label) for one in (HOW.READ, HOW.WITNESS, HOW.CODE)],
        initial=HOW.READ,
        required=False,
        widget=forms.RadioSelect,
    )
    witness = forms.CharField(
        label=gettext_lazy("Name of the witness"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, by_code: bool, **kwargs: Any) -> None:
        """``by_code``: whether the person has a phone to which a code may be sent."""
        super().__init__(*args, **kwargs)
        if not by_code:
            given: Any = self.fields["given"]
            given.choices = [one for one in given.choices if one[0] != HOW.CODE]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("given") == HOW.WITNESS and not cleaned.get("witness"):
            self.add_error("witness", _("Write the name of the witness."))
        return cleaned

    @property
    def is_by_code(self) -> bool:
        return bool(self.cleaned_data["given"] == HOW.CODE)

    @property
    def way(self) -> Given:
        how = self.cleaned_data["given"] or HOW.READ
        witness = self.cleaned_data["witness"] if how == HOW.WITNESS else ""
        return Given(how=how, language=get_language() or "km", witness=witness)


def given_form(request: HttpRequest, case: AssistedSession | None, *, by_code: bool) -> GivenForm | None:
    """For a consent that is asked for in a case; a citizen's own is given online."""
    if case is None:
        return None
    usual = given_in(case)
    initial = {"given": usual.how, "witness": usual.witness}
    return bind(GivenForm, request, by_code=by_code, initial=initial)

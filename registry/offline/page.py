"""What the page for writing a household offline shows: the forms of the roster, of nobody yet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.exchange.ledger.selectors import operators_to_consent
from registry.areas.selectors import villages_within
from registry.areas.village_picker import villages_of_communes
from registry.consents.forms import ConsentForm
from registry.counter.forms import acting_text
from registry.facts.circumstances import UNKNOWN
from registry.facts.table import CIRCUMSTANCES
from registry.offline.texts import published
from registry.persons.circumstances import SIX
from registry.registration.answers import HEAD_ID
from registry.registration.counter_wizard import CounterWizard
from registry.registration.household_health import NOBODY, WHO
from registry.registration.roster.row import Row


class OfflinePlaceForm(forms.Form):
    """The villages are those of the official's area, which the device was told when they signed in."""

    use_required_attribute = False

    village_code = forms.ChoiceField(
        label=_("Village"), choices=[("", "")], widget=forms.Select({"data-needed": ""})
    )
    address = forms.CharField(
        label=_("House and street"), required=False, widget=forms.TextInput({"autocomplete": "off"})
    )


def written_page() -> dict[str, Any]:
    wizard = CounterWizard({})
    consent = ConsentForm(operators=operators_to_consent())
    consent.fields["agree"].widget.attrs["data-needed"] = ""
    head = Row(wizard, HEAD_ID, None, row="head")
    head.forms["name"].fields["given_name"].widget.attrs["data-needed"] = ""
    return {
        "consent": consent,
        "read_out": published(),
        "acting_text": acting_text(),
        "place": OfflinePlaceForm(),
        "rows": [head, Row(wizard, HEAD_ID + 1, None, row="second")],
        "template_row": Row(wizard, 0, None, row="new"),
        "health": [(name, about.question) for name, about in WHO.items()],
        "last_answers": [(NOBODY, _("Nobody")), UNKNOWN],
        "six": [
            (name, CIRCUMSTANCES[name].question or CIRCUMSTANCES[name].label, CIRCUMSTANCES[name].choices)
            for name in SIX
        ],
    }


def pack(official: User) -> dict[str, Any]:
    """What a device needs besides: the villages of the official's area, by commune."""
    return {"villages": villages_of_communes(villages_within(official.area_code))}

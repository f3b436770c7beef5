"""The forms by which a steward decides, and an official of the commune answers."""

from typing import Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.forms import StepForm, choose, note_field, step_choice
from registry.duplicates.remaining import suggested_home, suggested_of
from registry.duplicates.services import communes_of, versions_of
from registry.duplicates.workflow import ANSWER, ASK, DIFFERENT, SAME, duplicate_workflow
from registry.merging.contract import Side
from registry.merging.fields import differences
from registry.merging.homes import level_words, possible_homes
from registry.merging.rules import why_second_person
from registry.models import Area, DuplicateCase, Household
from registry.persons.households import members_now

VALUE = "value_"
KEYS = {SAME: "1", DIFFERENT: "2", ASK: "3"}
"""Access keys: digits, which are where they are on every keyboard."""
SAVE_KEY, NEXT_KEY = "0", "9"


def _home_words(home: Household) -> str:
    """What is lost with it if it does not remain."""
    members = ", ".join(row.person.name for row in members_now(home))
    level = level_words(home) or gettext("no poverty level")
    return f"{home.number}: {members}; {level}"


class KeyedChoices(forms.RadioSelect):
    """Each choice has the access key that ``KEYS`` names for it."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if key := KEYS.get(str(value)):
            option["attrs"]["accesskey"] = key
            option["label"] = format_html("{} <kbd>{}</kbd>", option["label"], key)
        return option


class DecideForm(StepForm):
    """With a question for each value in which the records differ."""

    workflow = duplicate_workflow
    step_field = "step"

    versions = forms.CharField(widget=forms.HiddenInput, required=False)
    step = forms.ChoiceField(
        label=_("Are they one person?"),
        widget=KeyedChoices,
        error_messages={"required": _("Choose what you decide.")},
    )
    kept = forms.ChoiceField(
        label=_("If one person: which record remains?"),
        help_text=_(
            "The other SPID stays valid and leads to it. Suggested is the better checked record, else the "
            "one with more enrolments, else that with an account, else that with a document, else the older "
            "one."
        ),
        widget=forms.RadioSelect,
        required=False,
    )
    home = forms.ChoiceField(
        label=_("If one person: which household do they live in?"), widget=forms.RadioSelect, required=False
    )
    commune = forms.ChoiceField(
        label=_("If you ask: which commune?"), widget=forms.RadioSelect, required=False
    )
    note = note_field(
        duplicate_workflow, _("What you ask the commune; else, if you like, why you decide so.")
    )

    def __init__(self, *args: Any, item: DuplicateCase, **kwargs: Any) -> None:
        super().__init__(*args, item=item, **kwargs)
        records = [(str(person.pk), f"SPID {person.spid_grouped}") for person in (item.first, item.second)]
        choose(self, "kept", records)
        kept, other = suggested_of(item)
        self.initial["versions"], self.initial["kept"] = versions_of(item), str(kept.pk)
        for found in differences(kept, other):
            name = f"{VALUE}{found.detail}"
            words = {kept.pk: found.kept, other.pk: found.merged}
            self.fields[name] = forms.ChoiceField(
                label=str(found.label),
                choices=[(str(pk), words[pk]) for pk in (item.first_id, item.second_id)],
                widget=forms.RadioSelect,
                required=False,
            )
            self.initial[name] = str((kept if found.suggested == Side.KEPT else other).pk)
        homes = possible_homes(kept, other)
        choose(self, "home", [(str(one.pk), _home_words(one)) for one in homes])
        found_home = suggested_home(kept, other)
        self.initial["home"] = str(found_home.pk) if found_home else ""
        if len(homes) < 2:
            del self.fields["home"]
        if why := why_second_person(kept, other, found_home):
            self.fields["note"].label = _("Note: needed if you merge them")
            self.fields["note"].help_text = gettext(
                "A second steward approves the merge, because it concerns: %(what)s. Write why they are one "
                "person: whoever approves it reads it. If you ask the commune, write what you ask."
            ) % {"what": "; ".join(map(str, why))}
        communes = communes_of(item)
        names = Area.objects.in_bulk(communes)
        choose(self, "commune", [(code, names[code].name if code in names else code) for code in communes])
        if len(communes) == 1:
            self.initial["commune"] = next(iter(communes))
        self.order_fields(["step", "kept", *self._values(), "home", "commune", "note"])

    def _values(self) -> list[str]:
        return [name for name in self.fields if name.startswith(VALUE)]

    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        chosen = {name.removeprefix(VALUE): int(cleaned[name]) for name in self._values() if cleaned[name]}
        return {
            "step": cleaned["step"],
            "expected_version": cleaned["version"],
            "versions": cleaned["versions"],
            "note": cleaned["note"],
            "kept": int(cleaned["kept"]) if cleaned["kept"] else None,
            "chosen": chosen,
            "home": int(cleaned["home"]) if cleaned.get("home") else None,
            "commune": cleaned["commune"],
        }


class AnswerForm(StepForm):
    """For the commune that was asked."""

    workflow = duplicate_workflow
    step_field = "step"

    step = forms.ChoiceField(widget=forms.HiddenInput, initial=ANSWER)
    answer = step_choice(_("Is this one person?"), _("Choose an answer."))
    note = note_field(
        duplicate_workflow, _("How you know it: who was asked, which paper was shown. A steward reads it.")
    )

    def __init__(self, *args: Any, item: DuplicateCase, **kwargs: Any) -> None:
        super().__init__(*args, item=item, **kwargs)
        self.initial["step"] = ANSWER
        choose(self, "answer", cast("list[tuple[str, Any]]", DuplicateCase.Answer.choices))

    def values(self) -> dict[str, Any]:
        values = super().values()
        del values["step"]
        return values

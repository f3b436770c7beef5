"""The roster: a household written in rows on one page, by an official at the counter.

It fills the same draft as the questions one by one, through the same wizard and forms, so that whatever is
checked there is checked here. A roster that is sent is form-encoded, each field by its plain name:

``village_code``, ``address``
    Where the household lives.
``window``
    Any text that is the same for all that is sent from one page: what a page saved itself, it may change.
``m1-row``, ``m1-base``
    Of the first row. ``row``: what names the person, chosen by the page (a UUID) when the row is begun; sent
    again it is the same person, not another one. ``base``: digest of what the server had stored of this row
    when the page was shown, as the page or the answer to the last saving says; empty for a new row.
``m1-family_name``, ``m1-given_name``, ``m1-latin_family_name``, ``m1-latin_given_name``
    The name; one of the first two is enough, those in Latin letters may be missing.
``m1-sex``, ``m1-born``, ``m1-document_type``, ``m1-document_number``
    ``female`` or ``male``; a date as ``dsp_platform.khmer.dates.parse_typed_date`` reads it; a type of
    document, ``none`` or ``spid``.
``m1-phone`` of the head only, and ``m2-relationship`` of everybody else
    The number of the phone, or nothing; a value of ``Membership.Relationship``.

``m1`` is the head, ``m2`` and on are the others. Rows that are not sent stay as they are, rows in which
nothing was typed are left out. Health and daily life are sent apart: ``household_health``.
"""

import copy
import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.web.forms import unvalidated
from dsp_platform.wizard.questions import Key
from registry.persons.validation import MEMBERS as MOST_MEMBERS
from registry.plausibility.findings import refused
from registry.registration.answers import HEAD_ID
from registry.registration.counter_wizard import CounterWizard, row_of
from registry.registration.household_health import HEALTH, HouseholdHealthForm
from registry.registration.roster.row import Row
from registry.registration.roster.row_forms import RosterPlaceForm

Errors = dict[str, list[str]]
"""By the name of the field that was sent, in the active language. Empty where everything was stored."""
PLACE = Key("place")
_FIELD = re.compile(r"m([1-9][0-9]?)-[a-z_]+")


def apply_roster(wizard: CounterWizard, data: Mapping[str, Any], *, official: User) -> Errors:
    """Store a roster that was sent in ``wizard.answers``, which the caller saves, but for what has errors.

    ``data``: a QueryDict or another mapping of names to texts. Needs no request.
    """
    roster = Roster(wizard, data, official=official)
    roster.put()
    return roster.errors


def apply_health(wizard: CounterWizard, data: Mapping[str, Any]) -> Errors:
    """The same of health and daily life, once the rows are stored: members are named by their ``row``."""
    if Key(HEALTH) not in wizard.order():
        return {}
    form = HouseholdHealthForm(data, members=wizard.asked_members)
    if form.is_valid():
        wizard.put(Key(HEALTH), form.answers)
    return {name: [str(one) for one in found] for name, found in form.errors.items()}


class Roster:
    """``data``: what was sent; None shows what is stored."""

    def __init__(
        self,
        wizard: CounterWizard,
        data: Mapping[str, Any] | None = None,
        *,
        official: User,
        village: str = "",
    ) -> None:
        """``village``: chosen beforehand on the page of a new household."""
        self.wizard, self.data = wizard, data
        self.window = str((data or {}).get("window", ""))[:40] or secrets.token_hex(8)
        initial = wizard.answer(PLACE) or {"village_code": village}
        has_place = data is not None and "village_code" in data
        self.place = RosterPlaceForm(data if has_place else None, user=official, initial=initial)
        self.rows = self._stored_rows() if data is None else self._sent_rows(data)
        self.problem = ""

    def _stored_rows(self) -> list[Row]:
        rows = [Row(self.wizard, number, one["id"]) for number, one in enumerate(self.wizard.members, 1)]
        return rows or [self.blank(HEAD_ID)]

    def _sent_rows(self, data: Mapping[str, Any]) -> list[Row]:
        known = {row_of(one): one["id"] for one in self.wizard.members}
        numbers = sorted({int(found[1]) for name in data if (found := _FIELD.fullmatch(name))})
        rows = []
        for number in numbers:
            row = str(data.get(f"m{number}-row", ""))[:40] or secrets.token_hex(8)
            member = HEAD_ID if number == HEAD_ID and self.wizard.members else known.get(row)
            rows.append(Row(self.wizard, number, member, data, row=row))
        return [one for one in rows if one.number == HEAD_ID or not one.is_blank]

    def blank(self, number: int) -> Row:
        return Row(self.wizard, number, None, row=secrets.token_hex(8))

    @cached_property
    def next_row(self) -> Row:
        """For one more person, where no script adds it."""
        return self.blank(max((one.number for one in self.rows), default=0) + 1)

    @cached_property
    def template_row(self) -> Row:
        """Which the script copies."""
        return self.blank(0)

    @property
    def forms(self) -> list[Any]:
        return [self.place, *(form for row in self.rows for form in row.forms.values())]

    def numbered(self, number: int) -> Row | None:
        return next((one for one in self.rows if one.number == number), None)

    def forget_errors(self) -> None:
        """Show what was typed without judging it."""
        for form in self.forms:
            unvalidated(form)

    def put(self) -> None:
        before = {one["id"]: copy.deepcopy(one) for one in self.wizard.members}
        known = [one.fact for one in refused(self.wizard.findings())]
        if self.place.is_bound and self.place.is_valid() and self.place.answers != self.wizard.answer(PLACE):
            self.wizard.put(PLACE, self.place.answers)
        for row in self.rows:
            if row.id is None and len(self.wizard.members) >= MOST_MEMBERS:
                words = _("Nobody was added: a household has at most %(most)d members.")
                self.problem = words % {"most": MOST_MEMBERS}
            elif row.is_head or self.wizard.members:  # the head has the first place, or nobody
                row.put(self.window)
        self._refuse_impossible(before, known)

    def _refuse_impossible(self, before: dict[int, dict[str, Any]], known: list[Any]) -> None:
        while True:
            found = next((one for one in refused(self.wizard.findings()) if one.fact not in known), None)
            changed = [one for one in self.rows if found and one.was_put and str(one.id) in found.who]
            if found is None or not changed:
                return
            for row in changed:
                row.refuse(found, before.get(row.id or 0, {}))

    @property
    def errors(self) -> Errors:
        found: Errors = {"roster": [self.problem]} if self.problem else {}
        if self.place.is_bound:
            found |= {name: [str(one) for one in errors] for name, errors in self.place.errors.items()}
        for row in self.rows:
            found |= row.errors
        return found

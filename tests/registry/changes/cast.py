"""Helpers to request and decide a change in one line, and the minimal answers for a birth."""

import re
from datetime import timedelta

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications.models import Message
from dsp_platform.wizard.questions import Key
from registry.changes.kinds import KINDS
from registry.changes.moves.services import answer_for_mover
from registry.changes.moves.terms import terms_for
from registry.changes.selectors import household_context
from registry.changes.services import ask_change, decide_change
from registry.changes.wizard import ChangeWizard
from registry.models import ChangeRequest, Household, Person
from registry.persons.households import members_of
from registry.plausibility.wizard import RARE

BORN = {"born": "2026-11-01"}
NAME = {"family_name": "សុខ", "given_name": "ថ្មី", "latin_family_name": "", "latin_given_name": ""}
NO_PAPER = {"document_type": "none", "document_number": ""}
BABY = {
    "name": NAME,
    "sex": {"sex": "female"},
    "birth": BORN,
    "mother": {"mother": "none"},
    "relationship": {"relationship": "child"},
    "document": NO_PAPER,
}


def ask(
    actor, kind: str, assisted_session=None, draft=None, *, right=False, apart=(), same=(), **answers
) -> ChangeRequest:
    """``right``: what is rare in it is said to be right. ``apart``: SPIDs of who is somebody else;
    ``same``: of who is the one that is corrected."""
    if right:
        wizard = ChangeWizard(KINDS[kind], household_context(actor, assisted_session), answers)
        facts = [one.fact for one in wizard.asked_about(Key(RARE))]
        answers = {**answers, RARE: {"right": "yes", "confirmed": facts}}
    return ask_change(
        kind=KINDS[kind],
        answers=answers,
        actor=actor,
        assisted_session=assisted_session,
        draft=draft,
        apart=apart,
        same=same,
    )


def decide(request: ChangeRequest, actor, decision: str = "approve", note: str = "") -> ChangeRequest:
    return decide_change(
        request=request, decision=decision, note=note, actor=actor, expected_version=request.version
    )


def heard(request: ChangeRequest, days: int = 4) -> ChangeRequest:
    """As if the time to answer had passed."""
    then = timezone.now() - timedelta(days=days)
    ChangeRequest.objects.filter(pk=request.pk).update(asked_at=then)
    Message.objects.filter(subject_kind="change", subject_id=request.pk).update(created_at=then)
    request.refresh_from_db()
    return request


def agree(request: ChangeRequest, actor, *, yes: bool = True, note: str = "") -> ChangeRequest:
    """Yes by the old commune, for a mover without a phone. Returns the request as the decider then sees
    it."""
    shown = terms_for(actor, request).shown
    held = answer_for_mover(request=request, agrees=yes, note=note, shown=shown, actor=actor)
    request.version = held.version
    return held


SHOWN = re.compile('name="shown" value="([0-9a-f]*)"')


def press(client: Client, page: str, button: str, *, follow: bool = False, **more: str) -> HttpResponse:
    """Press a button on the page of a move, with the terms it shows now."""
    shown = SHOWN.search(client.get(page).content.decode())
    return client.post(page, {"shown": shown[1] if shown else "", button: "1", **more}, follow=follow)


def joining(person: Person, relationship: str = "other_relative") -> dict:
    """The answers that add a registered person to a household."""
    return {
        "known": {"has_spid": "yes", "spid": person.spid},
        "birth": {"born": str(person.born)},
        "relationship": {"relationship": relationship},
    }


def about(person: Person) -> dict[str, str]:
    return {"person": person.spid}


def members(household: Household) -> dict[str, str]:
    return {one.person.given_name: one.relationship for one in members_of(household)}


def entry(kind: str, subject: int) -> LedgerEntry:
    return LedgerEntry.objects.get(operator_id="idpoor", kind=kind, subject_id=subject)


def settle() -> None:
    """As if every operator had received all versions so far."""
    LedgerEntry.objects.update(state="delivered", may_have_copy=True)


def every_answer(family: Household, **others: dict) -> dict:
    """To every question of a change, in a household of three, such as a couple and their child: each kind
    takes those that it asks for. ``others`` replace some."""
    head, husband, child = (one.person for one in members_of(family))
    return {
        **BABY,
        "sex": {"sex": "male"},
        "who": about(child),
        "document": {"document_type": "identity_card", "document_number": "010987321"},
        "known": {"has_spid": "no", "spid": ""},
        "living": {"living": "here"},
        "where": {"where": "elsewhere"},
        "place": {"village_code": "01020201", "address": ""},
        "address": {"address": "ផ្ទះលេខ ៩"},
        "died": {"died": "2026-11-20"},
        "head": about(husband),
        "relationships": {head.spid: "spouse", child.spid: "child"},
        "payee": about(husband),
        "phone": {"phone": "+85512345679"},
        "circumstances": {"studying": "yes"},
        "difficulties": {"seeing": "some"},
        **others,
    }

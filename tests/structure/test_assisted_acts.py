"""What an official does in a person's name: not for a relative, and never without a trace of the session.

A service that takes an assisted session is tried here, or named with the reason why it is not.
"""

import ast
import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation
from django.utils.translation import gettext

from applications.documents import APPLICATION, DRAFT, draft_key
from applications.models import Application
from applications.services import answer_more, decide, submit_application, withdraw
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.actions import Effect, my_data_labels
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict
from dsp_platform.notifications.models import Message
from dsp_platform.uploads import services as uploads
from dsp_platform.uploads.models import Upload
from grievances.appeals import appeal_decision
from grievances.attachments.services import attach
from grievances.satisfaction.services import rate_answer
from grievances.services import Details, add_words, handle_grievance, report_grievance
from registry.changes.kinds import KINDS
from registry.changes.services import ask_change, withdraw_change
from registry.consents.services import give_consent, withdraw_consent
from registry.consents.sheets import make_sheet
from registry.models import Person, Programme
from registry.persons.conflicts import HELP_WORDS
from registry.phones.replacements.requests import InConflict as PhoneInConflict
from registry.phones.replacements.services import ask_replacement, open_account
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.packages import PACKAGES
from tests.registry.cast import child_details, household_details, official, person_details
from tests.registry.changes.cast import ask
from tests.registry.pages import confirm
from tests.roles import as_owner
from tests.structure.conftest import browser
from tests.structure.test_imports import name_of, sources, tree

pytestmark = pytest.mark.django_db

ACCOUNTS, CHANGES, PHONES = (
    "dsp_platform.accounts.assisted_sessions.services",
    "registry.changes",
    "registry.phones",
)
# Services that also a relative may call, or that no official calls in a person's name.
COUNTS = "counts lookups"
WITHOUT_A_CHECK = {
    f"{ACCOUNTS}.attach_subject": "of the session itself",
    f"{ACCOUNTS}.lock_assisted_session": "of the session itself",
    f"{ACCOUNTS}.end_assisted_session": "of the session itself",
    f"{ACCOUNTS}.note_signed": "of the session itself",
    "registry.consents.sheets.sign_sheet": "of a photo that was taken for a sheet made before",
    "dsp_platform.casework.refusals.refusals_recorded": "records what was refused",
    "grievances.sending.go_up": "of a step whose service has checked",
    f"{CHANGES}.drafts.save_change_draft": "nothing is sent yet",
    **{f"registry.registration.drafts.{act}_draft": "is not sent" for act in ("save", "take_up", "discard")},
    "registry.registration.services.register_household": "nobody is registered yet",
    "registry.registration.services.is_document_taken": "nobody is registered yet",
    **{
        f"registry.registration.roster.known.{act}": "nobody is registered yet"
        for act in ("look_up", "is_taken")
    },
    "registry.registration.alike.compare": "nobody is registered yet",
    "registry.appointments.services.make_appointment": "a day to come back: nothing of the person changes",
    "registry.appointments.services.end_appointment": "a day to come back: nothing of the person changes",
    "applications.answers.drafts.save_draft": "nothing is sent yet",
    f"{CHANGES}.moves.services.agree_to_registration": "by a code to the phone of who moves",
    f"{CHANGES}.moves.services.agree_to_registration_in_person": "refuse_relatives, tried in test_in_person",
    f"{CHANGES}.moves.services.agree_by_code": "by a code of who moves; no relative sees its page",
    f"{CHANGES}.moves.services.answer_for_mover": "the answer of an office: Deciders.check_neutral",
    f"{CHANGES}.hearings.services.answer_household_change": "the answer of an office: conflict_over",
    **{f"registry.persons.alike.{act}": "nobody is registered yet" for act in ("alike_to", "told_alike")},
    **{f"registry.persons.lookups.{act}": COUNTS for act in ("check_limit", "is_told_taken", "note")},
    **{f"{CHANGES}.number_lookups.{act}": COUNTS for act in ("check_number_limit", "note", "note_asked")},
    f"{CHANGES}.number_lookups.why_not_document": COUNTS,
    "registry.my_data.selectors.data_subject": "reads",
    f"{PHONES}.accounts.give_account": "called by open_account, and by a citizen who claims a record",
    "applications.appeals.note_appeal": "called by appeal_decision",
    "applications.services.submit_application": "asks: the operator decides, and a text tells it",
    "grievances.services.report_grievance": "asks: staff of an operator or a steward answer",
}


@dataclass(frozen=True)
class Act:
    service: str
    do: Callable[[dict[str, Any]], Any]
    refused: type[Exception] = InConflict
    told: str = ""
    """Text message to the person's own numbers."""


@built_once
def family(areas, operators, sokha):
    return register_household(
        actor=sokha,
        details=household_details(person_details(phone="+85512345678"), child_details(phone="+85512345678")),
    )


@built_once
def brothers(areas, operators):
    """Of the official who is a relative: they share no household with Sokha, only her phone."""
    actor = official("clerk.registers", "010201")
    return register_household(
        actor=actor, details=household_details(person_details(given_name="បង", phone="+85512345678"))
    )


@pytest.fixture
def relative(brothers):
    return official("clerk.kin", "010201", spid=brothers.memberships.get().person.spid)


@built_once
def things(family, sokha, operators, nssf_reviewer):
    """What Sokha has that can end or change: a consent, applications, reports, requests, a document."""
    with as_owner():
        programme, decided, unsent = [
            Programme.objects.create(
                code=code, operator=operators["nssf"], name_km=code, state="open", takes_applications=True
            )
            for code in ("asked", "decided", "unsent")
        ]
    own = {"actor": sokha, "assisted_session": None}
    person = Person.objects.get(account=sokha)
    give_consent(
        household=family, given_by=person, operator_code="idpoor", purpose="p", text="t", language="km", **own
    )
    applied, refused = [
        submit_application(person=person, programme=one, consent=True, **own) for one in (programme, decided)
    ]
    step = {"actor": nssf_reviewer, "note": "x", "expected_version": 1}
    asked = decide(application=applied, decision="ask_more", **step)
    refused = decide(application=refused, decision="refuse", reason="documents", **step)
    details = Details(category="payment", text="x", operator=operators["nssf"])
    reports = [
        report_grievance(
            submission=f"00000000-0000-4000-8000-00000000000{n}", details=details, language="km", **own
        )
        for n in (1, 2)
    ]
    answered = handle_grievance(grievance=reports[1], step="resolve", **step)
    uploaded = {
        ("upload", kind): Upload.objects.create(
            subject_kind=kind, subject_key=key, title="x", uploader=sokha, digest=b"1", state="refused"
        )
        for kind, key in ((APPLICATION, str(asked.pk)), (DRAFT, draft_key(person, unsent)))
    }
    return {
        "person": person, "family": family, "asked": asked, "refused": refused, "open": reports[0],
        "answered": answered, "change": ask(sokha, "move", place=ELSEWHERE),
        **uploaded, "child": Person.objects.get(account=None, memberships__household=family),
    }  # fmt: skip


def _who(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in ("actor", "assisted_session", *names)}


def _phone(given: dict[str, Any], **values: Any) -> dict[str, Any]:
    session = given["assisted_session"]
    who = {"official": given["actor"], "assisted_session": session, "person": given["person"]}
    return {**who, "phone": "+85516000009", "document": "x", **values}


ELSEWHERE = {"village_code": "01020102", "address": "x"}
PAPER = {"title": "t", "name": "n", "content": b"%PDF-1.4"}
CONSENT = {"operator_code": "nssf", "purpose": "p", "text": "t", "language": "km"}
ACTS = [
    Act(
        "applications.services.withdraw",
        lambda has: withdraw(application=has["asked"], **_who(has)),
        told="application_withdraw",
    ),
    Act(
        "applications.services.answer_more",
        lambda has: answer_more(application=has["asked"], text="x", expected_version=2, **_who(has)),
    ),
    Act(
        "grievances.appeals.appeal_decision",
        lambda has: appeal_decision(
            application=has["refused"], text="x", language="km", expected_version=2, **_who(has)
        ),
    ),
    Act("grievances.services.add_words", lambda has: add_words(grievance=has["open"], text="y", **_who(has))),
    Act(
        "grievances.services.add_words",
        lambda has: add_words(grievance=has["answered"], text="y", **_who(has)),
    ),
    Act(
        "grievances.attachments.services.attach",
        lambda has: attach(grievance=has["open"], name="n", content=PAPER["content"], **_who(has)),
    ),
    Act(
        "grievances.satisfaction.services.rate_answer",
        lambda has: rate_answer(grievance=has["answered"], satisfaction="no", **_who(has)),
    ),
    Act(
        "registry.consents.services.give_consent",
        lambda has: give_consent(household=has["family"], given_by=has["person"], **CONSENT, **_who(has)),
    ),
    Act(
        "registry.consents.sheets.make_sheet",
        lambda has: make_sheet(texts=["read out"], language="km", **_who(has)),
    ),
    Act(
        "registry.consents.services.withdraw_consent",
        lambda has: withdraw_consent(household=has["family"], operator_code="idpoor", **_who(has)),
        told="consent_withdraw",
    ),
    Act(
        f"{CHANGES}.services.withdraw_change",
        lambda has: withdraw_change(request=has["change"], **_who(has)),
        told="change_withdraw",
    ),
    Act(
        f"{CHANGES}.services.ask_change",
        lambda has: ask_change(
            kind=KINDS["address"],
            answers={"where": {"address": "ថ្មី"}, "address": {"address": "ថ្មី"}},
            **_who(has),
        ),
    ),
    *(
        Act(
            "dsp_platform.uploads.services.add",
            lambda has, kind=kind: uploads.add(
                kind=kind, key=has["upload", kind].subject_key, **PAPER, **_who(has)
            ),
            refused=PermissionDenied,
        )
        for kind in (APPLICATION, DRAFT)
    ),
    *(
        Act(
            "dsp_platform.uploads.services.remove",
            lambda has, kind=kind: uploads.remove(upload=has["upload", kind], **_who(has)),
            refused=PermissionDenied,
        )
        for kind in (APPLICATION, DRAFT)
    ),
    Act(
        f"{PHONES}.replacements.services.open_account",
        lambda has: open_account(**_phone(has, person=has["child"])),
        PhoneInConflict,
    ),
    Act(
        f"{PHONES}.replacements.services.ask_replacement",
        lambda has: ask_replacement(**_phone(has, reason="lost")),
        PhoneInConflict,
    ),
]


def services() -> set[str]:
    """Public functions with a keyword ``assisted_session``: whatever writes is called by keywords."""
    return {
        f"{name_of(path)}.{node.name}"
        for path in sources(*PACKAGES)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if any(one.arg == "assisted_session" for one in node.args.kwonlyargs)
    }


def test_every_service_of_an_assisted_session_is_tried_or_named():
    assert services() == {act.service for act in ACTS} | WITHOUT_A_CHECK.keys()
    assert not {act.service for act in ACTS} & WITHOUT_A_CHECK.keys()


def given_to(actor: Any, things: dict[str, Any]) -> dict[str, Any]:
    session = open_assisted_session(
        official=actor, subject_id=things["person"].pk, reason="check", consent_text="read out"
    )
    return {**things, "actor": actor, "assisted_session": session}


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.service)
def test_a_relative_does_nothing_in_the_name_of_the_person(things, relative, act, language):
    has = given_to(relative, things)
    before = AuditEvent.objects.count(), Message.objects.count()
    with translation.override(language), pytest.raises(act.refused) as refused:
        act.do(has)
    with translation.override(language):
        if act.refused is InConflict:
            assert str(refused.value) == str(HELP_WORDS["phone"])
        # Whoever may not even see a thing gets the page of what is not there.
        if act.refused is not PermissionDenied:
            assert any("ក" <= sign <= "៿" for sign in str(refused.value)) == (language == "km")
    assert (AuditEvent.objects.count(), Message.objects.count()) == before


# Of the household as a whole, or on pages that show it.
OF_ALL = ("applications.", "grievances.appeals.", "registry.consents.", "dsp_platform.uploads.")
TRIED = [one for one in ACTS if one.service.startswith((*OF_ALL, f"{CHANGES}.services.ask_change"))]


@pytest.mark.parametrize("act", TRIED, ids=lambda act: act.service)
def test_nor_does_a_relative_of_somebody_else_in_the_household(things, relative, brothers, act):
    with as_owner():
        Person.objects.filter(memberships__household=brothers).update(phone="+85516777888")
        Person.objects.filter(pk=things["child"].pk).update(phone="+85516777888")
    has = given_to(relative, things)
    before = AuditEvent.objects.count(), Message.objects.count()
    with pytest.raises(act.refused):
        act.do(has)
    assert (AuditEvent.objects.count(), Message.objects.count()) == before


# Whose account is not opened by an official: Sokha has one.
DOES_NOTHING = (f"{PHONES}.replacements.services.open_account",)


@pytest.mark.parametrize(
    "act", [one for one in ACTS if one.service not in DOES_NOTHING], ids=lambda act: act.service
)
def test_whatever_another_official_does_is_recorded_with_the_session(things, commune_clerk, act):
    has = given_to(commune_clerk, things)
    session = has["assisted_session"].pk
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    messages = set(Message.objects.values_list("pk", flat=True))
    act.do(has)
    written = AuditEvent.objects.filter(pk__gt=last, actor_id=commune_clerk.pk)
    assert written.exists() or act.service.startswith("dsp_platform.uploads.")
    assert {one.assisted_session_id for one in written} <= {session}, [one.action for one in written]
    told = Message.objects.exclude(pk__in=messages).filter(template=act.told)
    assert set(told.values_list("phone", flat=True)) == ({"+85512345678"} if act.told else set())


def test_a_report_that_nobody_may_trace_is_added_to_without_the_session(things, commune_clerk):
    has = given_to(commune_clerk, things)
    type(has["open"]).objects.filter(pk=has["open"].pk).update(category="abuse", told_in_secret="pin")
    add_words(grievance=has["open"], text="y", **_who(has))
    added = AuditEvent.objects.filter(actor_id=commune_clerk.pk, action="add").get()
    assert added.assisted_session_id is None


def test_a_session_that_is_not_theirs_changes_nothing(things, commune_clerk, relative):
    session = given_to(commune_clerk, things)["assisted_session"]
    with pytest.raises(PermissionDenied):
        add_words(grievance=things["open"], actor=relative, assisted_session=session, text="y")
    assert Application.objects.get(pk=things["asked"].pk).state == "more_asked"


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_pages_say_why_not(things, relative, language):
    given_to(relative, things)
    client = browser(relative)
    asked, refused = things["asked"].reference, things["refused"].reference
    with translation.override(language):
        words = html.escape(str(HELP_WORDS["phone"]))
    for page, typed in {
        f"applications/{asked}/withdraw/": {},
        f"applications/{asked}/": {"answer": "x", "version": 2},
        f"applications/{refused}/appeal/": {"words": "x", "version": 2},
        f"grievances/{things['open'].reference}/": {"words": "x", "version": 1},
        "my/consents/idpoor/withdraw/": {},
    }.items():
        shown = confirm(client, f"/{language}/{page}", typed, follow=True).content.decode()
        assert words in shown, page


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_person_and_the_auditor_see_what_was_done(things, sokha, commune_clerk, auditor, language):
    has = given_to(commune_clerk, things)
    labels = ("withdraw_change", "add_words")
    for act in [one for one in ACTS if one.service.endswith(labels)]:
        act.do(has)
    shown = browser(sokha).get(f"/{language}/my/data/help/").content.decode()
    with translation.override(language):
        assert str(gettext("Nothing was changed.")) not in shown
        for code in ("change_withdraw", "add", "reopen"):
            assert html.escape(str(my_data_labels(Effect.CHANGE)[code])) in shown
    event = AuditEvent.objects.get(action="change_withdraw")
    page = browser(auditor).get(f"/{language}/admin/audit/auditevent/{event.pk}/change/", follow=True)
    assert str(has["assisted_session"].pk) in page.content.decode()

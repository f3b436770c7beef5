"""Recipients of text messages: a number that is not verified gets nothing but the code that verifies it."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.template.loader_tags import IncludeNode
from django.utils import timezone

from dsp_platform.accounts.codes import services as codes
from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template
from registry.models import Claim, Person, PhoneReplacement
from registry.registration.services import register_household
from tests.packages import BASE, PACKAGES
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import BABY, ask, decide
from tests.structure.test_house_rules import tracked
from tests.structure.test_imports import name_of, sources, tree

# Every call that sends a text message, and why the number is the person's. A new one needs its row.
SENDERS = {
    "dsp_platform.accounts.codes.services": "typed: a code, counted against network, account and number",
    "registry.phones.life_events": "on record; a typed one only where two stewards took the decision",
    "dsp_platform.accounts.passkeys.services": "proved: the phone of the account",
    "dsp_platform.accounts.my_account.phone_change": "proved: the phone the account had, and the new one",
    "registry.claims.services": "a claim's code, counted likewise; then the numbers proved or on record",
    "registry.phones.accounts": "proved: the phone of the account that is opened",
    "registry.phones.notices": "on record; else of the household",
    "registry.phones.keys": "on record until now: selectors.phones.other_confirmation_phone",
    "registry.changes.notices": "on record; a typed one only where an official took the decision",
    "registry.changes.workflow": "on record; a typed one only where an official asked",
    "registry.changes.hearings.services": "on record; a typed one only where an official acted",
    "registry.changes.moves.services": "on record for 30 days, or the account: confirmation_phone",
    "registry.registration.services": "the SPID: proved_numbers; that it was done: typed by an official",
    "registry.registration.known_members": "on record until it was changed",
    "registry.phones.replacements.notices": "on record before it was asked for, and the proved one",
    "registry.merging.notices": "on record of each record; else of the household",
    "dsp_platform.casework.workflow": "as ``phones_of`` of each workflow says",
    "applications.workflow": "on record: registry.contact_phone",
    "grievances.workflow": "of a report proved: phone_confirmed_at; of an appeal as the application's",
}


def calls(path: Path, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (name, f"notifications.{name}")
    ]


def defines(path: Path, name: str) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(tree(path)))


def test_every_sender_is_known():
    outside = [path for path in sources(*PACKAGES) if "dsp_platform/notifications/" not in path.as_posix()]
    sends = ("notifications.send", "notifications.send_all")
    senders = [
        path for path in outside if any(calls(path, one) for one in sends) or defines(path, "phones_of")
    ]
    assert {name_of(path) for path in senders} == set(SENDERS)


def test_nobody_else_writes_a_message():
    writers = {
        name_of(path)
        for path in sources(*PACKAGES)
        if "dsp_platform.notifications.models import" in path.read_text()
        and (calls(path, "Message.objects.create") or calls(path, "Message"))
    }
    assert writers == {"dsp_platform.notifications.services"}


# Tests register texts of their own as they are imported, which each worker does in another order.
OWN = sorted(name for name in sms_templates.registered() if not name.startswith("tests."))


@pytest.mark.parametrize("name", OWN)
def test_only_a_code_goes_to_a_typed_number(name):
    text = sms_templates.registered()[name]
    assert text.is_code or text.recipient in (Recipient.PROVED, Recipient.ON_RECORD)


def test_another_text_for_typed_numbers_is_refused():
    with pytest.raises(ValueError, match="nobody has proved"):
        register_sms_template("tests.typed", lambda params: "hello", recipient=Recipient.TYPED)


def test_whom_it_goes_to_must_be_said():
    with pytest.raises(TypeError, match="recipient"):
        register_sms_template("tests.unsaid", lambda params: "hello")


@pytest.fixture
def of_texts(areas, operators, sokha, commune_clerk):
    """What all texts refer to: a request by which somebody was registered, and whoever asked for it."""
    register_household(actor=sokha, details=household_details(person_details()))
    request = decide(ask(sokha, "birth", **BABY), commune_clerk)
    claim = Claim.objects.create(
        account=sokha, person=sokha.person, identity_digest=b"1", number_digest=b"1",
        expires_at=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    challenge = codes.send_code(phone=sokha.phone, browser="browser", language="km")
    return {
        "reference": request.reference,
        "person": sokha.person.pk,
        "claim": str(claim.pk),
        "challenge": str(challenge.pk),
        "cause": PhoneReplacement.Cause.DRAFT,
        "until": "2026-12-28",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
def test_an_spid_goes_only_to_a_number_that_is_proved_when_it_is_sent(of_texts, sokha, language):
    spids = Person.objects.values_list("spid", flat=True)
    ours = [name for name in sms_templates.registered() if not name.startswith("tests.")]

    def telling(phone: str) -> set[str]:
        texts = {name: sms_templates.render(name, of_texts, language, phone) for name in ours}
        return {
            name for name, text in texts.items() if any(spid in re.sub(r"\s", "", text) for spid in spids)
        }

    assert telling(sokha.phone) == {"registered", "change_approve"}
    assert telling("+85516555777") == telling("") == set()
    sokha.is_active = False
    sokha.save()
    assert telling(sokha.phone) == set()


# What all these pages extend.
CODE_PAGE = 'extends "accounts/codes/code_page.html"'


def included(path: Path) -> set[str]:
    """Templates that this one includes by name."""
    page = get_template(path.relative_to(BASE / "templates").as_posix()).template
    return {str(node.template.var) for node in page.nodelist.get_nodes_by_type(IncludeNode)}


def test_every_page_of_a_code_says_when_none_can_come():
    texts = {path: path.read_text() for path in tracked(".html")}
    pages = [path for path, text in texts.items() if 'name="resend"' in text]
    assert len([path for path, text in texts.items() if CODE_PAGE in text]) > 3
    assert not [path.name for path in pages if "components/code_delay.html" not in included(path)]

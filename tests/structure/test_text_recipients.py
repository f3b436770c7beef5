"""Recipients of text messages: a number that is not verified gets nothing but the code that verifies it."""

import ast
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.template.loader_tags import IncludeNode

from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.sms_templates import Recipient, register_sms_template
from tests.structure.test_house_rules import tracked
from tests.structure.test_imports import BASE, DOMAINS, name_of, sources, tree

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
    "registry.changes.services": "on record; a typed one only where an official took the decision",
    "registry.changes.workflow": "on record; a typed one only where an official asked",
    "registry.changes.hearings.services": "on record; a typed one only where an official acted",
    "registry.changes.moves.services": "on record for 30 days, or the account: confirmation_phone",
    "registry.registration.services": "on record; a typed one only where an official registered",
    "registry.phones.replacements.notices": "on record before it was asked for, and the proved one",
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
    outside = [path for path in sources(*DOMAINS) if "dsp_platform/notifications/" not in path.as_posix()]
    senders = [path for path in outside if calls(path, "notifications.send") or defines(path, "phones_of")]
    assert {name_of(path) for path in senders} == set(SENDERS)


def test_nobody_else_writes_a_message():
    writers = {name_of(path) for path in sources(*DOMAINS) if calls(path, "Message.objects.create")}
    assert writers == {"dsp_platform.notifications.services"}


@pytest.mark.parametrize("name", sorted(sms_templates.registered()))
def test_only_a_code_goes_to_a_typed_number(name):
    text = sms_templates.registered()[name]
    assert text.is_code or text.recipient in (Recipient.PROVED, Recipient.ON_RECORD)


def test_another_text_for_typed_numbers_is_refused():
    with pytest.raises(ValueError, match="nobody has proved"):
        register_sms_template("tests.typed", lambda params: "hello", recipient=Recipient.TYPED)


def test_whom_it_goes_to_must_be_said():
    with pytest.raises(TypeError, match="recipient"):
        register_sms_template("tests.unsaid", lambda params: "hello")


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

"""Sessions, passkeys and codes from before an account got its person, or after it lost them, are revoked."""

import ast
import json
from datetime import timedelta

import pgtrigger
import pytest
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.errors import PasskeyRefused
from dsp_platform.accounts.models import Passkey, PhoneChallenge, User
from dsp_platform.accounts.my_account import services as accounts
from dsp_platform.accounts.my_account.selectors import history_of
from dsp_platform.accounts.passkeys import services as passkeys
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications.models import Message
from registry.claims.services import Identity, begin_claim, code_of, confirm_claim
from registry.models import Person
from registry.registration.services import register_household
from tests.accounts.passkeys.authenticator import Authenticator
from tests.accounts.passkeys.test_passkeys import add, is_refused, sign_in
from tests.packages import DOMAINS
from tests.registry.cast import BOPHA_BORN, household_details, official, person_details
from tests.registry.changes.cast import about, decide, heard
from tests.registry.changes.cast import ask as ask_change
from tests.registry.phones.replacements.test_replacements import assisted_session_of, confirm, open_account
from tests.roles import as_owner
from tests.structure.conftest import browser
from tests.structure.test_imports import sources, tree

pytestmark = pytest.mark.django_db
SIM = "+85512555111"


class Planted:
    """From somebody who had the SIM for a minute: a session, a passkey and an open code."""

    def __init__(self, account: User) -> None:
        self.account = account
        self.session, self.chip = browser(account), Authenticator()
        assert add(self.session, self.chip).url == "/en/my/account/"
        self.asked = PhoneChallenge.objects.create(
            phone=account.phone, purpose="sign_in", nonce=b"1", browser_digest=b"1",
            expires_at=timezone.now() + timedelta(minutes=9),
        )  # fmt: skip

    def opens(self) -> list[str]:
        session, client = self.session.get("/en/my/"), Client()
        ways = {
            "session": session.status_code == 200 or "/sign-in/" not in session["Location"],
            "passkey": not is_refused(client, sign_in(client, self.chip)),
            "row": Passkey.objects.filter(user=self.account).exists(),
            "code": PhoneChallenge.objects.filter(pk=self.asked.pk, expires_at__gt=timezone.now()).exists(),
        }
        return [way for way, is_open in ways.items() if is_open]


@pytest.fixture
def sim(areas) -> User:
    return User.objects.create_citizen(phone=SIM)


@pytest.fixture
def planted(sim):
    return Planted(sim)


@pytest.fixture
def second_of_trang(db):
    return official("clerk.trang.two", "010202", full_name="ត្រង់ ពីរ")


def identity_of(person: Person) -> Identity:
    return Identity(kind="spid", number=person.spid, born=PartialDate(BOPHA_BORN))


def kept(account: User, page: str = "/en/my/account/"):
    """A session of the holder, besides the one that was planted."""
    client = browser(account)
    return client, client.session.session_key


def test_nothing_planted_opens_a_first_account_that_two_officials_open(
    planted, phoneless, other_clerk, second_of_trang
):
    asked = open_account(other_clerk, phoneless, SIM)
    confirm(asked, second_of_trang)
    assert Person.objects.get(pk=phoneless.pk).account == planted.account
    assert planted.opens() == []


def test_nor_one_that_is_opened_at_once(planted, family_of_one, commune_clerk, sokha):
    person = person_with(SIM, commune_clerk)
    assert open_account(commune_clerk, person, SIM) == planted.account
    assert planted.opens() == []
    assert [one.title for one in history_of(planted.account)][0] == "All passkeys were removed"
    assert Message.objects.filter(template="passkeys_removed", phone=SIM).count() == 1


def person_with(phone: str, clerk: User) -> Person:
    """Registered so long ago that the number counts as established."""
    details = household_details(person_details(given_name="ធីតា", phone=phone))
    register_household(actor=clerk, details=details)
    return Person.objects.get(given_name="ធីតា")


def move_record_to(person: Person, phone: str) -> None:
    """As if this number alone had ever been on the record."""
    Person.objects.filter(pk=person.pk).update(phone=phone)
    with as_owner(), pgtrigger.ignore():
        Person.events.rel.related_model.objects.filter(pgh_obj=person).update(phone=phone)


def test_nor_after_a_claim_by_the_holder_whose_session_goes_on(sim, maly):
    move_record_to(maly, SIM)
    planted = Planted(sim)
    client, key = kept(sim)
    begin_claim(account=sim, identity=identity_of(maly), proved=True, keep=key)
    assert Person.objects.get(pk=maly.pk).account == sim
    assert planted.opens() == []
    assert client.get("/en/my/").status_code == 200


def test_nor_after_a_claim_by_a_code(sim, maly):
    planted = Planted(sim)
    client, key = kept(sim)
    claim = begin_claim(account=sim, identity=identity_of(maly), proved=True, keep=key)
    confirm_claim(account=sim, claim=claim, typed=code_of(claim), keep=key)
    assert planted.opens() == []
    assert client.get("/en/my/").status_code == 200


def test_nor_after_a_registration(sim, operators):
    planted = Planted(sim)
    client, key = kept(sim)
    register_household(actor=sim, details=household_details(person_details()), keep=key)
    assert planted.opens() == []
    assert client.get("/en/my/").status_code == 200


def test_nothing_of_the_dead_opens_the_account_they_had(sokha, areas, operators, commune_clerk, second_clerk):
    widow = person_details(given_name="ស្រីមុំ", relationship="spouse")
    register_household(actor=sokha, details=household_details(person_details(), widow))
    planted, person = Planted(sokha), sokha.person
    widow = Person.objects.get(given_name="ស្រីមុំ")
    asked = ask_change(
        commune_clerk,
        "death",
        assisted_session=assisted_session_of(commune_clerk, widow),
        who=about(person),
        died={"died": "2026-11-02"},
        head=about(widow),
        relationships={},
    )
    heard(asked)
    decide(asked, second_clerk)
    assert Person.objects.get(pk=person.pk).account is None
    assert planted.opens() == []


def test_a_passkey_that_was_on_its_way_is_not_added(sim):
    late = User.objects.get(pk=sim.pk)
    fido, chip = passkeys.server(origin="http://testserver", host="testserver", name="x"), Authenticator()
    options, state = passkeys.begin_adding(fido=fido, user=late)
    answer = json.loads(chip.create(json.loads(json.dumps(options))))
    accounts.change_holder(account=sim)
    with pytest.raises(PasskeyRefused):
        passkeys.add(fido=fido, user=late, state=state, answer=answer, name="late")
    assert passkeys.add(fido=fido, user=sim, state=state, answer=answer, name="own")


def test_a_claim_without_the_phone_in_hand_asks_for_a_code(sim, maly):
    """A session left open, or begun with a passkey, does not prove possession of the SIM."""
    move_record_to(maly, SIM)
    claim = begin_claim(account=sim, identity=identity_of(maly), proved=False)
    assert (claim.used_at, Person.objects.get(pk=maly.pk).account) == (None, None)
    assert Message.objects.get(template="claim_code").phone == SIM


def test_whoever_writes_whose_account_it_is_hands_it_over():
    """In the same function: an account that gets or loses its person."""
    writers = {
        f"{path.name}:{function.name}": function
        for path in sources(*(name for name in DOMAINS if name != "dsp_platform"))
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef) and any(map(writes_account, ast.walk(function)))
    }
    assert len(writers) >= 3
    assert [name for name, one in writers.items() if not any(map(hands_over, ast.walk(one)))] == []


def writes_account(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=targets):
            written = [one for target in targets for one in ast.walk(target)]
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            written = [target]
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value="account" | "account_id"), _]):
            return True
        case ast.Call(func=ast.Name(id="set_values"), args=[_, ast.Dict(keys=keys)]):
            return any(isinstance(key, ast.Constant) and key.value == "account" for key in keys)
        case ast.Call(func=ast.Attribute(attr="update" | "update_person"), keywords=keywords):
            # The event of a death hands it over: tests/registry/life_events.
            named = {one.arg for one in keywords}
            return bool(named & {"account", "account_id"}) and "died" not in named
        case ast.Call(func=ast.Name(id="Person"), keywords=keywords):
            return any(one.arg in ("account", "account_id") for one in keywords)
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="Person"))), keywords=keywords
        ):
            made = node.func.attr in ("create", "get_or_create", "update_or_create")
            return made and any(one.arg in ("account", "account_id") for one in keywords)
        case _:
            return False
    return any(isinstance(one, ast.Attribute) and one.attr in ("account", "account_id") for one in written)


def hands_over(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("change_holder")

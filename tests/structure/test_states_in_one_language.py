"""Pages that no link leads to: empty, incomplete, wrong, rate limited, refused, late. All in one language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone, translation

from applications import services as applications
from applications.models import Application
from dsp_platform.accounts.models import PhoneEvent, User
from grievances import appeals
from grievances import services as grievances
from grievances.models import Grievance
from registry.changes.kinds import KINDS
from registry.models import Membership
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.crawl import is_page, read
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.changes.cast import BABY, NAME
from tests.registry.changes.cast import ask as ask_change
from tests.registry.changes.cast import decide as decide_change
from tests.registry.pages import HEAD, Family, asked_on, begin_household
from tests.roles import as_owner
from tests.structure.conftest import browser
from tests.structure.test_one_language import foreign_words

HIDDEN = re.compile(r'name="(answers|question)" value="([^"]*)"')
KHMER = "យើងបានពិនិត្យ"
LANGUAGES = ("km", "en")
OWN_PAGES = (
    "my/", "my/card/", "my/messages/", "my/consents/", "my/data/", "my/data/access-log/", "my/data/help/",
    "my/data/download/", "my/data/everything/", "my/changes/", "my/claim/", "my/account/", "my/sessions/",
    "slip/", "registered/", "register/", "programmes/", "programmes/health/", "apply/health/",
)  # fmt: skip
DECISIONS = {
    "asked": [("take_up", "", ""), ("ask_more", "", KHMER)],
    "approved": [("approve", "", "")],
    "refused": [("refuse", "documents", "")],
}


@dataclass
class Visit:
    """One browser in one language; ``seen`` collects every page that it is shown."""

    client: Client
    language: str

    def get(self, path: str) -> HttpResponse:
        return self.client.get(f"/{self.language}/{path}", follow=True)

    def post(self, path: str, **typed: object) -> HttpResponse:
        return self.client.post(f"/{self.language}/{path}", typed, follow=True)

    def pages(self, *paths: str) -> Iterator[HttpResponse]:
        for path in paths:
            yield self.get(path)

    def both(self, *paths: str) -> Iterator[HttpResponse]:
        """Each as it is, and submitted empty."""
        for path in paths:
            yield self.get(path)
            yield self.post(path)


def check(language: str, answers: Iterator[HttpResponse], least: int) -> None:
    found, count = {}, 0
    for count, answer in enumerate(answers, 1):  # noqa: B007
        assert answer.status_code < 500
        if is_page(answer) and (words := foreign_words(read(answer.content.decode(), language))):
            found[f"{count} {answer.request['PATH_INFO']}"] = sorted(words)
    assert found == {}
    assert count >= least


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@built_once
def family(areas, sokha):
    """Sokha and her daughter."""
    return register_household(actor=sokha, details=household_details(person_details(), child_details()))


@pytest.fixture
def citizen(family, sokha, language):
    return Visit(browser(sokha), language)


def test_somebody_without_a_registration(areas, programme, language):
    visit = Visit(browser(User.objects.create_citizen(phone="+85517000222")), language)
    check(language, visit.both(*OWN_PAGES), 30)
    visit.post("register/consent/", registry="on")
    check(language, visit.pages("my/", "register/", "register/check/", "my/claim/"), 4)


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_may_be_registered_already(registering, commune_clerk, language):
    asked = ("register/member/1/already/", "register/member/2/already/", "register/member/1/document/")
    check(language, Visit(registering, language).pages(*asked), 3)
    counter = Family(browser(commune_clerk), language)
    begin_household(counter.client, language)
    visit = Visit(counter.client, language)
    for document in ({"document_type": "none"}, HEAD["document"]):
        counter.head(consent={"agree": "on"}, document=document)
        assert visit.get(asked[0]).redirect_chain == []
        check(language, visit.pages(asked[0]), 1)


def test_somebody_whose_household_is_gone(citizen, programme, language):
    Membership.objects.update(ended_on=timezone.localdate())
    check(language, citizen.both(*OWN_PAGES, "my/changes/birth/", "my/changes/birth/name/"), 30)


@pytest.fixture
def application(family, programme, sokha):
    programme.appeal_days, programme.expected_days = 30, 20
    programme.documents_km, programme.documents_en = "បណ្ណសមធម៌", "Equity Card"
    with as_owner():
        programme.save()
    with translation.override("km"):
        return applications.submit_application(
            actor=sokha, assisted_session=None, person=sokha.person, programme=programme, consent=True
        )


def decide(application: Application, actor: User, steps: list[tuple[str, str, str]]) -> None:
    for decision, reason, note in steps:
        application.refresh_from_db()
        applications.decide(
            application=application, decision=decision, reason=reason, note=note, actor=actor,
            expected_version=application.version,
        )  # fmt: skip


def its_pages(visit: Visit, reference: str) -> Iterator[HttpResponse]:
    root = f"applications/{reference}/"
    yield from visit.both(root, f"{root}letter/", f"{root}appeal/")
    yield from visit.pages(f"{root}withdraw/", "my/", "my/messages/", "my/data/everything/", "apply/health/")


@pytest.mark.parametrize("state", DECISIONS)
def test_an_application_in_each_state(citizen, application, nssf_reviewer, language, state):
    decide(application, nssf_reviewer, DECISIONS[state])
    check(language, its_pages(citizen, application.reference), 10)


def test_an_application_that_is_withdrawn_or_late(citizen, application, sokha, language):
    Application.objects.update(submitted_at=timezone.now() - timedelta(200))
    check(language, its_pages(citizen, application.reference), 10)
    applications.withdraw(application=application, actor=sokha, assisted_session=None)
    check(language, its_pages(citizen, application.reference), 10)


@pytest.mark.parametrize("answer", ["", "uphold", "overturn"])
def test_an_appeal_and_its_answer(
    citizen, application, nssf_reviewer, second_nssf_reviewer, sokha, language, answer
):
    decide(application, nssf_reviewer, DECISIONS["refused"])
    sent = citizen.post(f"applications/{application.reference}/appeal/", words=KHMER, version=2)
    grievance = Grievance.objects.get()
    if answer:
        grievances.handle_grievance(
            grievance=grievance, step=answer, actor=second_nssf_reviewer, note=KHMER,
            expected_version=grievance.version,
        )  # fmt: skip
    seen = [sent, *citizen.both(f"grievances/{grievance.reference}/")]
    check(language, iter([*seen, *its_pages(citizen, application.reference)]), 12)


def test_an_appeal_after_its_last_day(citizen, application, nssf_reviewer, sokha, language):
    decide(application, nssf_reviewer, DECISIONS["refused"])
    Application.objects.update(appeal_until=timezone.localdate() - timedelta(1))
    check(language, its_pages(citizen, application.reference), 10)
    application.refresh_from_db()
    late = appeals.appeal_decision(
        actor=sokha, assisted_session=None, application=application, text=KHMER, language="km",
        expected_version=application.version,
    )  # fmt: skip
    check(language, citizen.pages(f"grievances/{late.reference}/"), 1)


def test_a_grievance_without_a_name_and_its_pin(areas, operators, language):
    visit = Visit(Client(), language)

    def walk() -> Iterator[HttpResponse]:
        yield from visit.both("grievances/report/")
        yield visit.post("grievances/report/", category="payment")
        yield from visit.both("grievances/report/what/")
        yield visit.post("grievances/report/what/", text=KHMER)
        yield visit.post("grievances/report/where/", place="no such place")
        yield visit.post("grievances/report/where/")
        last = "grievances/report/contact/"
        asked = asked_on(visit.client, f"/{visit.language}/{last}")
        yield visit.post(last, phone="12")
        yield visit.post(last, phone="12", **asked)
        yield visit.post(last, phone="012 000 111", **asked)
        reference = Grievance.objects.get().reference
        for _ in range(7):
            yield visit.post("grievances/follow/", reference=reference, pin="000000")

    check(language, walk(), 15)


def test_changes_at_each_of_their_steps(citizen, language):
    def walk() -> Iterator[HttpResponse]:
        for code, kind in KINDS.items():
            yield from citizen.both(f"my/changes/{code}/")
            for step in ("who", "name", "head", "place", "where", "known", "relationships", "check"):
                yield citizen.get(f"my/changes/{code}/{step}/")
            assert kind.title
        citizen.post("my/changes/birth/name/", **NAME)
        yield from citizen.pages("my/", "my/changes/", "my/changes/birth/", "my/changes/birth/check/")

    check(language, walk(), 100)


@pytest.mark.parametrize("decision", ["", "ask_more", "refuse", "approve"])
def test_a_change_that_was_decided(citizen, sokha, commune_clerk, language, decision):
    request = ask_change(sokha, "birth", **BABY)
    counter = Visit(browser(commune_clerk), language)
    queue = [*counter.both("counter/changes/", f"counter/changes/{request.reference}/")]
    if decision:
        decide_change(request, commune_clerk, decision, note=KHMER)
    root = f"my/changes/requests/{request.reference}/"
    seen = [*citizen.pages(root, "my/", "my/changes/", "my/messages/", "my/data/help/"), *queue]
    seen += [*counter.both("counter/changes/", f"counter/changes/{request.reference}/")]
    seen += [citizen.post(f"{root}withdraw/")]
    check(language, iter(seen), 14)


def test_documents_that_cannot_be_kept(
    citizen, application, sokha, nssf_reviewer, settings, tmp_path, language
):
    settings.UPLOADS_FOLDER = str(tmp_path)
    decide(application, nssf_reviewer, DECISIONS["asked"])
    page = f"documents/application/{application.reference}/"
    broken = [("a.jpg", b""), ("b.jpg", b"MZ"), ("c.pdf", b"%PDF-1.4"), ("d.png", b"\x89PNG\r\n\x1a\n")]

    def walk() -> Iterator[HttpResponse]:
        yield from citizen.both(page)
        for name, content in broken:
            yield citizen.post(page, document="other", other="៤", files=SimpleUploadedFile(name, content))
            yield citizen.post(page, document="other", files=SimpleUploadedFile(name, content))

    check(language, walk(), 10)


def test_codes_that_are_wrong_or_too_many(sokha, language):
    visit = Visit(Client(), language)

    def walk() -> Iterator[HttpResponse]:
        yield visit.post("sign-in/", phone="12")
        yield visit.post("sign-in/", phone="+1 202 555 0123")
        yield visit.post("sign-in/", phone="012 345 678")
        for _ in range(6):
            yield visit.post("sign-in/code/", code="000000")
        yield visit.post("sign-in/code/", resend="1")
        PhoneEvent.objects.update(at=timezone.now() - timedelta(minutes=2))
        for _ in range(3):
            yield Visit(Client(), language).post("sign-in/", phone="012 345 678")
        yield from visit.both("sign-in/passkey/")

    check(language, walk(), 14)


def test_what_needs_a_fresh_proof(citizen, language):
    session = citizen.client.session
    session["proved_at"] = 0
    session.save()

    def walk() -> Iterator[HttpResponse]:
        yield from citizen.both("my/account/confirm/", "my/account/phone/", "my/data/everything/")
        yield citizen.post("my/account/confirm/?next=/km/my/account/")
        for _ in range(4):
            yield citizen.post("my/account/confirm/code/", code="000000")
        yield from citizen.both("my/account/passkeys/add/", "my/account/phone/code/")

    check(language, walk(), 14)


def test_a_new_phone_that_is_not_proved(citizen, language):
    session = citizen.client.session
    session["proved_at"] = int(timezone.now().timestamp())
    session.save()

    def walk() -> Iterator[HttpResponse]:
        for phone in ("", "12", "012 345 678", "016 555 444"):
            yield citizen.post("my/account/phone/", phone=phone)
        for _ in range(6):
            yield citizen.post("my/account/phone/code/", code="000000")

    check(language, walk(), 10)


def test_a_claim_that_finds_nobody_until_the_day_is_full(areas, language):
    visit = Visit(browser(User.objects.create_citizen(phone="+85517000222")), language)
    told = {"kind": "spid", "number": "123456789012", "born_day": "1", "born_month": "2", "born_year": "1990"}

    def walk() -> Iterator[HttpResponse]:
        yield from visit.both("my/claim/", "my/claim/code/")
        for _ in range(7):
            yield visit.post("my/claim/", **told)
            yield visit.post("my/claim/code/", code="000000")

    check(language, walk(), 18)


def test_the_counter_with_and_without_an_assisted_session(
    family, sokha, commune_clerk, other_clerk, language
):
    visit = Visit(browser(commune_clerk), language)

    def walk() -> Iterator[HttpResponse]:
        yield from visit.both("counter/", "counter/open/", "counter/changes/", "counter/lost-phone/")
        yield visit.post("counter/", query="nobody")
        yield visit.post("counter/", query="សុខ")
        yield visit.post("counter/", person=sokha.person.spid)
        yield from visit.both("counter/open/")
        yield visit.post("counter/open/", reason="check", agree="on")
        yield from visit.both(
            "my/", "counter/lost-phone/", "counter/first-phone/", "my/consents/", "my/data/"
        )
        told = {"reason": "stolen", "document": "identity_card", "checked": "on", "phone": "012 345 679"}
        yield visit.post("counter/lost-phone/", **told)
        for _ in range(4):
            yield visit.post("counter/lost-phone/code/", code="000000")
        yield visit.post("counter/end/")
        yield visit.post("counter/", new="yes")
        yield from visit.both("counter/open/", "register/")

    check(language, walk(), 30)


def test_staff_that_cannot_sign_in(commune_clerk, language):
    visit = Visit(Client(), language)

    def walk() -> Iterator[HttpResponse]:
        yield from visit.both("counter/sign-in/", "admin/login/")
        for _ in range(6):
            yield visit.post("counter/sign-in/", username="clerk.banteay", password="wrong", token="000000")

    check(language, walk(), 10)


def test_the_questions_of_what_can_i_get(operators, programme, other_programme, areas, language):
    programme.rule, other_programme.rule = "pregnant && age >= 18", 'poverty_level in ["level1"]'
    with as_owner():
        programme.save()
        other_programme.save()
    visit = Visit(Client(), language)

    def walk() -> Iterator[HttpResponse]:
        answer = visit.get("check/")
        typed: dict[str, str] = {}
        for told in ("me", "", "x", "900", "30", "", "female", "yes", "level1", "unknown", "unknown"):
            answer = visit.post("check/", **{**typed, "answer": told})
            typed = dict(HIDDEN.findall(answer.content.decode()))
            yield answer

    check(language, walk(), 11)


def test_a_consent_is_given_and_taken_back(citizen, sharing, language):
    root = "my/consents/nssf/"
    check(language, citizen.both(f"{root}give/", f"{root}withdraw/", "my/consents/", "my/data/"), 8)


def test_the_same_report_twice(citizen, sokha, other_programme, language):
    details = grievances.Details(category="payment", text=KHMER, operator=other_programme.operator)
    for _ in range(2):
        made = grievances.report_grievance(
            actor=sokha, assisted_session=None, submission=uuid4(), details=details, language="km"
        )
    check(language, citizen.both(f"grievances/{made.reference}/", "my/"), 4)

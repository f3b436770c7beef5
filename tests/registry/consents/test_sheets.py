"""A printed sheet is signed and photographed back: the consent counts as signed only with its photo."""

import hashlib
from datetime import timedelta
from html import escape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import end_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.uploads import errors
from dsp_platform.uploads.models import Upload
from dsp_platform.uploads.services import add, remove
from registry.consents.sheets import KIND, purge_sheets
from registry.models import Consent, ConsentSheet, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import details_of_one
from tests.registry.pages import confirm
from tests.structure.conftest import browser
from tests.uploads.conftest import jpeg, worker_reads

pytestmark = pytest.mark.django_db

NEW, GIVE = "/en/my/consents/sheet/", "/en/my/consents/nssf/give/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path)


@built_once
def person(areas, consent_agreements, sokha) -> Person:
    register_household(actor=sokha, details=details_of_one())
    return Person.objects.get()


@pytest.fixture
def case(laptop, person) -> AssistedSession:
    laptop.post("/en/counter/", {"person": person.spid})
    laptop.post("/en/counter/open/", {"reason": "check", "agree": "on"})
    return AssistedSession.objects.get()


@pytest.fixture
def sheet(laptop, case) -> ConsentSheet:
    """With the text of NSSF on it."""
    laptop.post(NEW, {"operator": "nssf"})
    return ConsentSheet.objects.get()


def photographed(sheet: ConsentSheet, case: AssistedSession) -> Upload:
    upload = add(
        actor=case.official, assisted_session=case, kind=KIND, key=sheet.reference,
        title="Signed consent sheet", name="sheet.jpg", content=jpeg(),
    )  # fmt: skip
    worker_reads()
    return upload


def of_nssf() -> Consent:
    return Consent.objects.get(operator_code="nssf")


def test_it_shows_the_exact_words_the_name_the_reference_and_their_digest(laptop, sheet, case, person):
    page = laptop.get(f"{NEW}{sheet.reference}/").content.decode()
    digest = hashlib.sha256("\n\n".join(sheet.texts).encode()).hexdigest()
    assert sheet.texts[0] == case.consent_text
    for words in (person.name, sheet.reference, digest[:16], "Signature or thumbprint", sheet.texts[0]):
        assert escape(words) in page, words


def test_the_same_words_have_one_sheet(laptop, sheet):
    laptop.post(NEW, {"operator": "nssf"})
    assert ConsentSheet.objects.count() == 1
    laptop.post(NEW)
    assert ConsentSheet.objects.count() == 2


def test_without_the_photo_nothing_counts_as_signed(laptop, sheet, case):
    confirm(laptop, GIVE)
    case.refresh_from_db()
    assert (of_nssf().channel, of_nssf().sheet, case.consent_how) == ("counter", sheet.reference, "read")


def test_a_photo_after_the_consent_makes_it_signed_and_the_history_says_so(
    laptop, sheet, case, phone_of_sokha
):
    confirm(laptop, GIVE)
    photographed(sheet, case)
    case.refresh_from_db()
    assert (of_nssf().channel, case.consent_how) == ("sheet", "sheet")
    for address in ("/en/my/consents/", "/en/my/data/help/", "/en/my/data/history/"):
        page = phone_of_sokha.get(address).content.decode()
        assert "signature or thumbprint on a printed sheet" in page, address
    assert AuditEvent.objects.get(action="sign_sheet").assisted_session_id == case.pk


def test_a_photo_before_the_consent_makes_it_signed(laptop, sheet, case):
    photographed(sheet, case)
    confirm(laptop, GIVE)
    assert of_nssf().channel == "sheet"


def test_a_consent_whose_words_are_not_on_it_is_not_signed_by_it(laptop, sheet, case):
    photographed(sheet, case)
    confirm(laptop, "/en/my/consents/idpoor/give/")
    found = Consent.objects.filter(operator_code="idpoor", given_at__gt=sheet.created_at)
    assert not found.filter(channel="sheet").exists()


def test_a_photo_comes_until_the_case_ends(laptop, sheet, case):
    confirm(laptop, GIVE)
    end_assisted_session(assisted_session=case, end=AssistedSession.End.CLOSED)
    with pytest.raises(PermissionDenied):
        photographed(sheet, case)
    assert not Upload.objects.filter(subject_kind=KIND).exists()
    assert of_nssf().channel == "counter"


def test_the_photo_is_not_taken_away_again(sheet, case):
    upload = photographed(sheet, case)
    upload.refresh_from_db()
    with pytest.raises(errors.Closed):
        remove(actor=case.official, assisted_session=case, upload=upload)


def test_only_the_person_their_case_and_a_steward_see_it_and_the_person_reads_who_did(
    laptop, other_laptop, sheet, case, phone_of_sokha, steward
):
    photo = f"/en/documents/{photographed(sheet, case).pk}/1/"
    assert laptop.get(photo).status_code == phone_of_sokha.get(photo).status_code == 200
    assert other_laptop.get(photo).status_code == 404
    stranger = User.objects.create_citizen(phone="+85516222333")
    assert browser(stranger).get(photo).status_code == 404
    seen = AuditEvent.objects.filter(action="view", reason="document", subject_id=case.subject_id)
    before = seen.count()
    assert browser(steward).get(photo).status_code == 200
    assert seen.count() == before + 1
    end_assisted_session(assisted_session=case, end=AssistedSession.End.CLOSED)
    assert laptop.get(photo).status_code in (302, 404)
    assert phone_of_sokha.get(photo).status_code == 200


def test_a_registration_is_signed_on_one_sheet_before_it_is_sent(new_assisted_session):
    family = new_assisted_session
    family.head()
    family.client.post(NEW.replace("/en/", "/km/"))
    sheet, case = ConsentSheet.objects.get(), AssistedSession.objects.get()
    assert len(sheet.texts) == 2
    assert "សុខ សុខា" in family.client.get(f"/km/my/consents/sheet/{sheet.reference}/").content.decode()
    photographed(sheet, case)
    assert family.finish().url == "/km/registered/"
    assert {one.channel for one in Consent.objects.all()} == {"sheet"}


def test_a_sheet_of_nobody_goes_with_its_photo_after_30_days(new_assisted_session):
    new_assisted_session.client.post(NEW)
    sheet, case = ConsentSheet.objects.get(), AssistedSession.objects.get()
    photographed(sheet, case)
    ended = AssistedSession.objects.filter(pk=case.pk)
    ended.update(ended_at=timezone.now() - timedelta(days=29))
    assert purge_sheets() == 0
    ended.update(ended_at=timezone.now() - timedelta(days=31))
    assert purge_sheets() == 1
    assert not Upload.objects.exists()


def test_the_database_lets_nothing_else_of_a_consent_change(laptop, sheet, case):
    confirm(laptop, GIVE)
    for change in ({"channel": "witness"}, {"sheet": "S-0000-0000"}, {"language": "km"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(pk=of_nssf().pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():  # no sheet was printed for it
        Consent.objects.exclude(pk=of_nssf().pk).update(channel="sheet")

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications import services as applications
from applications.documents import APPLICATION, DRAFT
from dsp_platform.audit.models import AuditEvent
from dsp_platform.uploads import store
from dsp_platform.uploads.models import Page, Upload
from registry.models import Consent
from tests.applications.helpers import sign_in
from tests.uploads import corpus
from tests.uploads.conftest import jpeg, pdf, worker_reads


def url(name: str, *arguments: object) -> str:
    with translation.override("en"):
        return reverse(name, args=arguments)


@pytest.fixture
def page_url(draft) -> str:
    return url("uploads:documents", DRAFT, draft)


def photo(name: str, content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg() if content is None else content, "image/jpeg")


def test_several_files_in_one_go_then_shown_with_who_and_when(sokha, page_url, programme):
    browser = sign_in(sokha)
    answer = browser.post(
        page_url, {"document": "1", "files": [photo("a.jpg"), photo("b.pdf", pdf(2))]}, follow=True
    )
    page = answer.content.decode()
    assert "Your files were received." in page
    assert "Identity card" in page
    assert page.count("being read</span>") == 2
    assert Page.objects.count() == 0
    worker_reads()
    page = browser.get(page_url).content.decode()
    assert "being read" not in page
    assert Page.objects.count() == 3
    apply = browser.get(url("applications:apply", programme.code)).content.decode()
    small = url("uploads:small", Upload.objects.earliest("created_at").pk, 1)
    assert small in page
    assert small in apply


def test_a_bad_file_takes_no_other_with_it(sokha, page_url):
    sent = [photo("good.jpg"), photo("bad.jpg", b"MZ program"), photo("last.jpg", jpeg(colour="red"))]
    answer = sign_in(sokha).post(page_url, {"document": "other", "other": "Family book", "files": sent})
    page = answer.content.decode()
    assert "<title>Error:" in page
    assert "“bad.jpg” is not a photo or a PDF" in page
    assert 'value="Family book"' in page
    assert Upload.objects.filter(title="Family book").count() == 2


HEIC = corpus.file("heic").replace(b"hvc1", b"vvc1")  # the container of HEIC, with a codec nobody reads yet
AVIF = corpus.file("avif").replace(b"av01", b"av09")
BY_ANOTHER_BRAND = HEIC.replace(b"ftypheic", b"ftypmiaf", 1)
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0" * 500


@pytest.mark.parametrize("content", [HEIC, AVIF, BY_ANOTHER_BRAND])
@pytest.mark.parametrize(
    ("language", "words"), [("en", ("screenshot", "Most Compatible")), ("km", ("ថតអេក្រង់", "Most Compatible"))]
)
def test_a_photo_of_newer_phones_is_told_how_to_be_sent(sokha, page_url, content, language, words):
    sent = [photo("good.jpg"), photo("IMG_1.HEIC", content)]
    browser = sign_in(sokha)
    address = page_url.replace("/en/", f"/{language}/", 1)
    browser.post(address, {"document": "other", "other": "Family book", "files": sent})
    worker_reads()
    shown = browser.get(address).content.decode()
    assert "IMG_1.HEIC" in shown
    assert all(word in shown for word in words)
    assert Upload.objects.filter(title="Family book", state=Upload.State.READ).count() == 1


def test_a_film_is_no_photo(sokha, page_url):
    page = sign_in(sokha).post(page_url, {"document": "1", "files": [photo("a.mp4", FILM)]}).content.decode()
    assert "“a.mp4” is not a photo or a PDF" in page


@pytest.mark.parametrize("kind", ["webp", "png", "heic", "avif"])
def test_other_kinds_that_phones_save_are_read(sokha, page_url, kind):
    sign_in(sokha).post(page_url, {"document": "1", "files": [photo("a", corpus.file(kind))]})
    worker_reads()
    assert Page.objects.count() == 1


def test_a_wrong_name_or_type_refuses_no_photo(sokha, page_url):
    names = ("a.pdf", "b", "c.heic", "d.exe", "រូប.txt", "f.jpg.html", "g.png", "h.mp4", "i.webp")
    sent = [
        SimpleUploadedFile(name, corpus.file(kind), wrong)
        for name, kind, wrong in zip(
            names, corpus.FORMATS, ("application/pdf", "text/html", "", "video/mp4") * 3, strict=False
        )
    ]
    sign_in(sokha).post(page_url, {"document": "1", "files": sent})
    worker_reads()
    assert Page.objects.count() == len(sent) == len(names)


def test_a_file_that_is_too_large_takes_no_other_with_it(sokha, page_url, settings):
    settings.UPLOAD_MEGABYTES = 1
    sent = [photo("good.jpg"), photo("large.jpg", b"\xff" * 1_200_000), photo("last.jpg", jpeg(colour="red"))]
    page = sign_in(sokha).post(page_url, {"document": "1", "files": sent}).content.decode()
    assert "“large.jpg” is too large. A file may have 1 MB at most." in page
    assert Upload.objects.count() == 2


def test_more_files_than_one_request_may_bring(sokha, page_url, settings):
    settings.UPLOAD_FILES = 1
    page = sign_in(sokha).post(
        page_url, {"document": "1", "files": [photo("a.jpg"), photo("b.jpg", jpeg(colour="red"))]}
    ).content.decode()  # fmt: skip
    assert "“b.jpg” was not kept" in page
    assert Upload.objects.count() == 1


def test_no_room_for_the_temporary_file(sokha, page_url, monkeypatch):
    def full(*arguments, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", full)
    page = sign_in(sokha).post(page_url, {"document": "1", "files": [photo("a.jpg")]}).content.decode()
    assert "“a.jpg” could not be kept just now" in page


def test_nothing_chosen_is_asked_again(sokha, page_url):
    page = sign_in(sokha).post(page_url, {}).content.decode()
    assert "Choose which document it is." in page
    assert "Choose a photo or a file." in page
    page = sign_in(sokha).post(page_url, {"document": "other"}).content.decode()
    assert "Write what document it is." in page
    assert not Upload.objects.exists()


@pytest.mark.parametrize("typed", [{}, {"document": "other"}, {"document": "9"}])
def test_a_missing_name_loses_no_photo(sokha, page_url, typed):
    answer = sign_in(sokha).post(page_url, {**typed, "files": [photo("a.jpg")]})
    assert answer.status_code == 302
    assert Upload.objects.get().title == "Another document"


def test_broken_multipart_is_an_answer(sokha, page_url):
    browser = sign_in(sokha)
    for body in (
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\nhalf',
    ):
        answer = browser.post(page_url, body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code < 500
    assert not Upload.objects.exists()


def test_a_page_that_asks_for_no_file_receives_none(sokha, person, application, monkeypatch):
    def never(*arguments, **more):
        raise AssertionError("a file was received")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", never)
    address = url("applications:application", application.reference)
    assert sign_in(sokha).post(address, {"answer": "x", "files": photo("a.jpg")}).status_code < 400
    assert Client().post(url("accounts:sign_in"), {"phone": "", "f": photo("a.jpg")}).status_code == 200
    large = photo("a.jpg", b"x" * 600_000)
    assert Client().post(url("accounts:sign_in"), {"phone": "", "f": large}).status_code == 400


def test_remove_asks_first(sokha, send):
    upload, browser = send(), sign_in(sokha)
    address = url("uploads:remove", upload.pk)
    assert browser.get(address).status_code == 200
    assert Upload.objects.exists()
    assert browser.post(address).status_code == 302
    assert browser.post(address).status_code == 404
    assert not Upload.objects.exists()


@pytest.fixture
def sent(send, application):
    return send(kind=APPLICATION, key=str(application.pk))


def test_only_who_may_see_gets_the_picture(
    sent,
    sokha,
    other_citizen,
    other_clerk,
    commune_clerk,
    clerk_assisted_session,
    nssf_reviewer,
    family_package_reviewer,
    steward,
):
    for name in ("page", "small"):
        address = url(f"uploads:{name}", sent.pk, 1)
        for user in (sokha, commune_clerk, nssf_reviewer):
            answer = sign_in(user).get(address)
            assert answer.status_code == 200
            assert answer.content.startswith(b"\xff\xd8\xff")
        for user in (other_citizen, other_clerk, family_package_reviewer, steward):
            assert sign_in(user).get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert sign_in(sokha).get(url("uploads:page", sent.pk, 2)).status_code == 404


def test_the_picture_can_do_nothing_and_is_kept_by_no_cache(sent, sokha):
    answer = sign_in(sokha).get(url("uploads:page", sent.pk, 1))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]


def test_the_reviewer_sees_it_no_more_once_consent_is_gone(sent, nssf_reviewer, household):
    Consent.objects.filter(operator_code="nssf").update(withdrawn_at="2026-11-22T00:00:00Z")
    assert sign_in(nssf_reviewer).get(url("uploads:page", sent.pk, 1)).status_code == 404
    page = sign_in(nssf_reviewer).get(url("admin:applications_application_change", sent.subject_key))
    assert str(sent.pk) not in page.content.decode()


def test_views_of_staff_are_logged_once_and_those_of_citizens_never(sent, sokha, nssf_reviewer, person):
    sign_in(sokha).get(url("uploads:page", sent.pk, 1))
    browser = sign_in(nssf_reviewer)
    for name in ("small", "page", "page"):
        browser.get(url(f"uploads:{name}", sent.pk, 1))
    view = AuditEvent.objects.get(reason="document")
    assert (view.actor, view.subject_kind, view.subject_id) == (nssf_reviewer, "person", person.pk)


def test_the_reviewer_finds_it_beside_the_application(sent, nssf_reviewer):
    page = sign_in(nssf_reviewer).get(url("admin:applications_application_change", sent.subject_key))
    assert url("uploads:page", sent.pk, 1) in page.content.decode()


def test_a_row_without_its_file_is_not_shown_as_fine(sent, sokha, application):
    store.delete(sent.pages.get().file)
    browser = sign_in(sokha)
    assert browser.get(url("uploads:page", sent.pk, 1)).status_code == 404
    page = browser.get(url("applications:application", application.reference)).content.decode()
    assert "This page cannot be shown" in page
    assert url("uploads:small", sent.pk, 1) not in page


def test_the_answer_to_a_question_may_bring_documents(application, sokha, nssf_reviewer):
    applications.decide(
        application=application,
        decision="ask_more",
        note="Your card?",
        actor=nssf_reviewer,
        expected_version=1,
    )
    address = url("uploads:documents", APPLICATION, application.pk)
    browser = sign_in(sokha)
    assert browser.post(address, {"document": "1", "files": photo("a.jpg")}).status_code == 302
    applications.withdraw(application=application, actor=sokha, assisted_session=None)
    assert browser.get(address).url == url("applications:application", application.reference)


def test_the_official_scans_for_the_person(commune_clerk, clerk_assisted_session, page_url, sokha):
    sign_in(commune_clerk).post(page_url, {"document": "1", "files": photo("a.jpg")})
    assert Upload.objects.get().uploader == commune_clerk
    page = sign_in(sokha).get(page_url).content.decode()
    assert str(commune_clerk) in page


def test_a_document_sent_later_stands_on_the_timeline_below_the_question_it_answers(
    sokha, person, application, send, nssf_reviewer
):
    applications.decide(
        application=application, decision="ask_more", note="Which card?", actor=nssf_reviewer,
        expected_version=application.version,
    )  # fmt: skip
    send(kind=APPLICATION, key=str(application.pk))
    page = sign_in(sokha).get(url("applications:application", application.reference))
    assert [entry.title for entry in page.context["events"]][:2] == [
        "Document sent",
        "More information asked",
    ]
    assert page.context["question"] == "Which card?"
    everything = sign_in(sokha).get("/en/my/data/everything/").content.decode()
    assert "Documents sent" in everything

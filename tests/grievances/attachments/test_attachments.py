"""Photos, PDF and recordings of a grievance: who sends them, who sees them, and how they are served."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dsp_platform.uploads import errors, limits, store
from dsp_platform.uploads.models import Page, Upload
from grievances import services
from grievances.attachments.services import attach
from grievances.models import Grievance
from tests.applications.helpers import sign_in
from tests.grievances.test_pages import fill, follow, url
from tests.grievances.test_services import handle
from tests.uploads.conftest import jpeg, pdf, worker_reads
from tests.uploads.recordings import RECORDINGS, WITH_PLACE, m4a, track


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")


def post(browser, grievance, content, name="a.jpg"):
    sent = {"files": SimpleUploadedFile(name, content)}
    return browser.post(url("files", grievance.reference), sent)


def sent(grievance, content=None, actor=None, assisted_session=None) -> Upload:
    upload = attach(
        grievance=grievance,
        actor=actor,
        assisted_session=assisted_session,
        name="a.jpg",
        content=jpeg() if content is None else content,
    )
    worker_reads()
    upload.refresh_from_db()
    return upload


def page_of(upload: Upload, grievance, name: str = "file") -> str:
    return url(name, grievance.reference, upload.pk, 1)


def test_sent_without_an_account_right_after_reporting(operators, client):
    fill(client)
    grievance = Grievance.objects.get()
    assert url("files", grievance.reference) in client.get(url("reported")).content.decode()
    assert post(client, grievance, jpeg()).status_code == 302
    worker_reads()
    upload = Upload.objects.get()
    assert (upload.uploader, upload.assisted_session_id, upload.state) == (None, None, "read")
    assert client.get(page_of(upload, grievance)).headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("language", ["en", "km"])
@pytest.mark.parametrize(("media", "content"), RECORDINGS.items())
def test_a_recording_is_sent_with_the_pin_and_served_as_nothing_that_runs(
    tell, client, media, content, language
):
    grievance = tell()
    follow(client, grievance)
    post(client, grievance, content, name="x.html")
    worker_reads()
    upload = Upload.objects.get()
    assert upload.media == media
    answer = client.get(page_of(upload, grievance))
    assert answer.content == content
    assert answer.headers["Content-Type"] == media
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    page = client.get(url("grievance", grievance.reference, language=language)).content.decode()
    assert "<audio" in page


@pytest.mark.parametrize("media", WITH_PLACE)
def test_a_recording_is_served_without_place_and_device(tell, client, media):
    grievance = tell(category="abuse")
    follow(client, grievance)
    answer = client.get(page_of(sent(grievance, WITH_PLACE[media]), grievance))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)
    assert b"103.2022" not in answer.content
    assert b"Sok Dara" not in answer.content


@pytest.mark.parametrize(("language", "words"), [("en", "more than sound"), ("km", "ក្រៅពីសំឡេង")])
def test_a_film_is_refused_in_words(tell, client, language, words):
    grievance = tell()
    follow(client, grievance)
    post(client, grievance, m4a(tracks=track() + track(b"vide")), name="film.mp4")
    worker_reads()
    upload = Upload.objects.get()
    assert (upload.state, upload.reason) == ("refused", "recording")
    assert words in client.get(url("grievance", grievance.reference, language=language)).content.decode()


def test_a_part_of_a_recording(tell, client):
    grievance = tell()
    follow(client, grievance)
    content = RECORDINGS["audio/mp4"]
    address = page_of(sent(grievance, content), grievance)
    for asked, part in {
        "bytes=0-1": content[:2],
        "bytes=5-": content[5:],
        "bytes=-7": content[-7:],
        "bytes=3-999999": content[3:],
    }.items():
        answer = client.get(address, headers={"range": asked})
        assert (answer.status_code, answer.content) == (206, part)
    assert client.get(address, headers={"range": "bytes=99999-"}).status_code == 416
    assert client.get(address, headers={"range": "bytes=-"}).status_code == 200


def test_kept_encrypted(tell):
    upload = sent(tell(), RECORDINGS["audio/wav"])
    path = store.folder() / upload.pages.get().file.hex[:2] / f"{upload.pages.get().file.hex}.page"
    assert b"WAVE" not in path.read_bytes()


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"", b"MZ\x90"])
def test_anything_else_is_refused_whatever_its_name(tell, client, content):
    grievance = tell()
    follow(client, grievance)
    page = post(client, grievance, content, name="voice.m4a").content.decode()
    assert "voice.m4a" in page
    assert not Upload.objects.exists()


def test_too_large_is_refused(tell, settings, client):
    settings.UPLOAD_MEGABYTES = 0
    grievance = tell()
    with pytest.raises(errors.TooLarge):
        sent(grievance)


def test_nobody_else_sends_or_sees_one(tell, sokha, commune_clerk):
    grievance = tell()
    upload = sent(grievance)
    for browser in (Client(), sign_in(sokha), sign_in(commune_clerk)):
        assert post(browser, grievance, jpeg(colour="red")).url == url("follow")
        assert browser.get(page_of(upload, grievance)).status_code == 404
        assert browser.get(page_of(upload, grievance, "file_small")).status_code == 404
    assert Upload.objects.count() == 1


def test_a_pin_opens_no_file_of_another_grievance(tell, client):
    upload, other = sent(tell()), tell()
    follow(client, other)
    assert client.get(page_of(upload, other)).status_code == 404


def test_whoever_handles_it_sees_them_and_others_do_not(
    tell, operators, nssf_reviewer, family_package_reviewer, steward
):
    grievance = tell(operator=operators["nssf"])
    upload = sent(grievance, RECORDINGS["audio/ogg"])
    address = f"/en/documents/{upload.pk}/1/"
    for user, status in ((nssf_reviewer, 200), (steward, 200), (family_package_reviewer, 404)):
        assert sign_in(user).get(address).status_code == status
    page = sign_in(nssf_reviewer).get(f"/en/admin/grievances/grievance/{grievance.pk}/change/")
    assert "<audio" in page.content.decode()


def test_of_a_sensitive_one_no_reviewer_sees_any(tell, operators, nssf_reviewer):
    upload = sent(tell(category="abuse", operator=operators["nssf"]))
    assert sign_in(nssf_reviewer).get(f"/en/documents/{upload.pk}/1/").status_code == 404


def test_at_the_counter_it_is_the_officials_upload(tell, commune_clerk, clerk_assisted_session):
    who = {"actor": commune_clerk, "assisted_session": clerk_assisted_session}
    upload = sent(tell(**who), **who)
    assert (upload.uploader, upload.assisted_session_id) == (commune_clerk, clerk_assisted_session.pk)


def test_of_a_sensitive_one_nothing_leads_to_the_session(tell, commune_clerk, clerk_assisted_session):
    who = {"actor": commune_clerk, "assisted_session": clerk_assisted_session}
    assert sent(tell(category="abuse", **who), **who).assisted_session_id is None


def test_whoever_reported_unnamed_stays_so(tell, sokha):
    assert sent(tell(actor=sokha, unnamed=True), actor=sokha).uploader is None


def test_a_file_answers_a_question(tell, steward):
    grievance = services.handle_grievance(
        grievance=tell(), step="ask_more", actor=steward, expected_version=1, note="?"
    )
    sent(grievance)
    grievance.refresh_from_db()
    assert (grievance.state, grievance.events.last().step) == ("in_review", "document")


def test_none_are_taken_after_the_answer(tell, steward, client):
    grievance = handle(tell(), steward)
    follow(client, grievance)
    assert post(client, grievance, jpeg()).url == url("grievance", grievance.reference)
    with pytest.raises(errors.Closed):
        sent(grievance)


def test_the_same_file_twice_is_one_and_pages_have_an_end(tell, monkeypatch):
    grievance = tell()
    assert sent(grievance) == sent(grievance)
    for _file in range(2):
        sent(grievance, pdf(10) + bytes(f"% {_file}", "ascii"))
    assert Page.objects.count() == 11  # of 20: the second ten are too many


def test_visitors_have_a_limit_by_browser_and_network(tell, client, monkeypatch):
    monkeypatch.setattr(limits, "OF_BROWSER", {"hour": 2, "day": 2})
    grievance = tell()
    follow(client, grievance)
    for colour in ("red", "green", "blue"):
        post(client, grievance, jpeg(colour=colour))
    assert Upload.objects.count() == 2

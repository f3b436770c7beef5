"""Files are read by workers: one per account at a time, in order, retried after a crash, with a message on
failure.
"""

import subprocess
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from applications import services as applications
from applications.documents import APPLICATION, DRAFT
from dsp_platform.notifications.models import Message
from dsp_platform.uploads import reading, services, store, tasks
from dsp_platform.uploads.models import Page, Upload
from tests.applications.helpers import sign_in
from tests.uploads.conftest import jpeg, pdf, worker_reads
from tests.uploads.test_pictures import hostile_pdf
from tests.uploads.test_services import files

DAMAGED = jpeg()[:500]


@pytest.fixture
def unread(send, uploads_folder):
    return send(read=False)


@pytest.fixture
def no_decoder(monkeypatch):
    def never(*arguments, **more):
        raise AssertionError("a file was decoded in the web process")

    monkeypatch.setattr(subprocess, "run", never)
    monkeypatch.setattr(subprocess, "Popen", never)


@pytest.mark.parametrize("language", ["km", "en"])
def test_no_web_process_decodes_a_file(sokha, draft, no_decoder, language):
    with translation.override(language):
        address = reverse("uploads:documents", args=[DRAFT, draft])
    sent = [SimpleUploadedFile(f"{n}.pdf", hostile_pdf(marks=10_000 + n)) for n in range(8)]
    browser = sign_in(sokha)
    assert browser.post(address, {"document": "1", "files": sent}).status_code == 302
    assert Upload.objects.filter(state=Upload.State.READING).count() == 8
    with translation.override(language):
        words = translation.gettext("being read")
    assert browser.get(address).content.decode().count(f">{words}</span>") == 8


def test_eight_at_once_of_one_account_are_read_one_at_a_time(send, monkeypatch):
    for n in range(8):
        send(jpeg(width=100 + n), read=False)
    leases = []
    real = reading.pictures_of

    def count_leases(content, media):
        leases.append(Upload.objects.filter(leased_until__gt=timezone.now()).count())
        assert not reading.read_next()  # another worker, at the same time
        return real(content, media)

    monkeypatch.setattr(reading, "pictures_of", count_leases)
    assert worker_reads() == 8
    assert leases == [1] * 8


def test_accounts_take_turns(send, commune_clerk, clerk_assisted_session):
    mine = [send(jpeg(width=100 + n), read=False) for n in range(3)]
    theirs = send(jpeg(width=200), actor=commune_clerk, assisted_session=clerk_assisted_session, read=False)
    reading.read_next()
    reading.read_next()
    done = Upload.objects.filter(state=Upload.State.READ)
    assert set(done) == {mine[0], theirs}


def test_what_was_sent_is_kept_encrypted_until_it_is_read_and_then_deleted(send, uploads_folder):
    content = jpeg(comment=b"secret words")
    upload = send(content, read=False)
    assert files(uploads_folder) == [f"{upload.original.hex}.original"]
    [path] = uploads_folder.rglob("*.original")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in path.read_bytes()
    worker_reads()
    upload.refresh_from_db()
    assert (upload.original, upload.name) == (None, None)
    assert not list(uploads_folder.rglob("*.original"))


def test_what_was_refused_is_deleted_too(send, uploads_folder):
    assert send(DAMAGED).reason == "cut"
    assert not files(uploads_folder)


def test_sent_again_a_refused_file_is_read_again(send):
    refused = send(DAMAGED)
    again = send(DAMAGED)
    assert again != refused
    assert Upload.objects.count() == 1


def test_a_worker_that_dies_loses_nothing(unread, monkeypatch):
    def die(content, media):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reading, "pictures_of", die)
        with pytest.raises(KeyboardInterrupt):
            reading.read_next()
    assert not reading.read_next()  # as long as its lease runs
    assert not reading.is_waiting()
    Upload.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert reading.is_waiting()
    assert worker_reads() == 1
    unread.refresh_from_db()
    assert unread.state == Upload.State.READ


def test_a_file_on_which_workers_die_is_refused_in_the_end(unread):
    for _attempt in range(reading.MOST_ATTEMPTS):
        assert reading._claim()
        Upload.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert worker_reads() == 1
    unread.refresh_from_db()
    assert (unread.state, unread.reason) == (Upload.State.REFUSED, "unread")


def test_a_worker_that_comes_back_late_changes_nothing(unread, uploads_folder, monkeypatch):
    real = reading.pictures_of

    def slow(content, media):
        drawn = real(content, media)
        monkeypatch.setattr(reading, "pictures_of", real)
        Upload.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        assert worker_reads() == 1  # somebody else, meanwhile
        return drawn

    monkeypatch.setattr(reading, "pictures_of", slow)
    reading.read_next()
    page = Page.objects.get()
    assert store.is_there(page.file)
    assert len(list(uploads_folder.rglob("*.page"))) == 1


def test_removed_while_it_is_read_it_leaves_nothing(
    unread, sokha, uploads_folder, monkeypatch, django_capture_on_commit_callbacks
):
    real = reading.pictures_of

    def meanwhile(content, media):
        with django_capture_on_commit_callbacks(execute=True):
            services.remove(actor=sokha, assisted_session=None, upload=unread)
        return real(content, media)

    monkeypatch.setattr(reading, "pictures_of", meanwhile)
    worker_reads()
    assert not Upload.objects.exists()
    assert not files(uploads_folder)


def test_submitted_while_it_is_read_it_belongs_to_the_application(
    unread, sokha, person, programme, monkeypatch
):
    real = reading.pictures_of

    def meanwhile(content, media):
        applications.submit_application(
            actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
        )
        return real(content, media)

    monkeypatch.setattr(reading, "pictures_of", meanwhile)
    worker_reads()
    unread.refresh_from_db()
    assert (unread.subject_kind, unread.state) == (APPLICATION, Upload.State.READ)


@pytest.mark.parametrize("language", ["km", "en"])
def test_refused_after_the_submit_the_person_is_told_once_and_the_reviewer_sees_it(
    send, sokha, person, programme, nssf_reviewer, language
):
    for n in range(2):
        send(DAMAGED + b"x" * n, name=f"card{n}.jpg", read=False)
    with translation.override(language):
        application = applications.submit_application(
            actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
        )
        worker_reads()
        text = Message.objects.get(template="application_unreadable")
        assert (text.language, text.params) == (language, {"reference": application.reference})
        own = reverse("applications:application", args=[application.reference])
        review = reverse("admin:applications_application_change", args=[application.pk])
        words = translation.gettext("could not be read")
    page = sign_in(sokha).get(own).content.decode()
    assert "card1.jpg" in page
    assert words in page
    seen = sign_in(nssf_reviewer).get(review).content.decode()
    assert words in seen
    assert "card1.jpg" not in seen


def test_refused_while_the_application_is_prepared_needs_no_text_message(send):
    send(DAMAGED)
    assert not Message.objects.filter(template="application_unreadable").exists()


def test_the_reviewer_sees_what_is_still_being_read(send, application, nssf_reviewer):
    send(kind=APPLICATION, key=str(application.pk), read=False)
    with translation.override("en"):
        review = reverse("admin:applications_application_change", args=[application.pk])
    assert ">being read</span>" in sign_in(nssf_reviewer).get(review).content.decode()


def test_the_copy_of_ones_data_tells_the_state_of_each_file(send, sokha, application):
    send(DAMAGED, kind=APPLICATION, key=str(application.pk))
    page = sign_in(sokha).get("/en/my/data/everything/").content.decode()
    assert "could not be read" in page


def test_the_seconds_of_the_day_are_spent_and_no_more(send, settings):
    settings.UPLOAD_SECONDS_A_DAY = 0.01
    first, second = send(read=False), send(jpeg(colour="red"), read=False)
    worker_reads()
    states = [Upload.objects.get(pk=one.pk).reason for one in (first, second)]
    assert states == ["", "day"]


def test_a_commit_asks_a_worker_to_look_and_the_sweep_does_for_what_was_not_heard(
    send, monkeypatch, django_capture_on_commit_callbacks
):
    said = []
    monkeypatch.setattr(
        "dsp_platform.background.workers.notify", lambda task, codes: said.append((task, list(codes)))
    )
    with django_capture_on_commit_callbacks(execute=True):
        upload = send(read=False)
    tasks.sweep()
    assert said == [("uploads.read", ["waiting"])] * 2
    tasks.read("waiting")
    upload.refresh_from_db()
    assert upload.state == Upload.State.READ
    tasks.sweep()
    assert len(said) == 2


def test_a_refused_file_may_be_removed_from_what_is_looked_at(send, sokha, person, programme):
    upload = send(DAMAGED)
    applications.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )
    upload.refresh_from_db()
    services.remove(actor=sokha, assisted_session=None, upload=upload)
    assert not Upload.objects.exists()


def test_refused_files_are_forgotten_after_thirty_days(send):
    send(DAMAGED)
    Upload.objects.update(created_at=timezone.now() - timedelta(days=29))
    assert services.purge() == 0
    Upload.objects.update(created_at=timezone.now() - timedelta(days=31))
    send(pdf(1))
    assert services.purge() == 1

"""What is stored, what is refused, and that files and rows stay consistent."""

import os
import threading
import time
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from applications import services as applications
from applications.documents import APPLICATION, DRAFT, take_over
from applications.models import Application
from dsp_platform.uploads import errors, limits, services, store
from dsp_platform.uploads.contract import Subject, registered
from dsp_platform.uploads.models import Page, Upload
from tests.uploads.conftest import jpeg, pdf, worker_reads


def files(folder) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def age(folder, days: int) -> None:
    then = time.time() - days * 24 * 3600
    for path in folder.rglob("*.*"):
        os.utime(path, (then, then))


def test_kept_encrypted_under_a_random_name_for_the_owner_alone(send, uploads_folder):
    upload = send(name="អត្តសញ្ញាណប័ណ្ណ.jpg")
    page = upload.pages.get()
    assert files(uploads_folder) == [f"{page.file.hex}.page", f"{page.file.hex}.small"]
    for path in uploads_folder.rglob("*.*"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"JFIF" not in path.read_bytes()
    assert uploads_folder.stat().st_mode & 0o077 == 0
    assert store.read(page.file, store.PAGE).startswith(b"\xff\xd8\xff")


def test_the_same_file_twice_is_one_upload(send, uploads_folder):
    assert send() == send()
    assert len(files(uploads_folder)) == 2
    assert send(title="Family book") != send()


def test_the_same_file_again_and_again_counts_after_the_first_few(send, sokha, settings):
    settings.UPLOAD_PAGES_A_DAY = 3
    first = send(jpeg())
    for _again in range(limits.FREE_REPEATS + 2):
        assert send(jpeg()) == first
    with pytest.raises(errors.DayLimit):
        send(jpeg())


def test_a_pdf_is_as_many_pages(send):
    assert [page.number for page in send(pdf(3)).pages.all()] == [1, 2, 3]


def test_too_large_empty_untitled(send, settings):
    settings.UPLOAD_MEGABYTES = 0
    with pytest.raises(errors.TooLarge, match=r"a\.jpg"):
        send()
    with pytest.raises(errors.Empty):
        send(b"")
    with pytest.raises(errors.UntitledDocument):
        send(title=" \u200b")
    assert not Upload.objects.exists()


def test_a_subject_takes_so_many_pages_and_no_more(send, settings, monkeypatch, uploads_folder):
    limited = registered.subjects[DRAFT]
    monkeypatch.setitem(
        registered.subjects,
        DRAFT,
        Subject(
            DRAFT,
            limited.may_see,
            limited.may_add,
            limited.page,
            limited.heading,
            kept=limited.kept,
            most_pages=2,
        ),
    )
    send()
    too_long = send(pdf(2))
    assert (too_long.state, too_long.reason) == (Upload.State.REFUSED, "full")
    assert Page.objects.count() == 1
    assert len(files(uploads_folder)) == 2
    send(jpeg(colour="red"))
    with pytest.raises(errors.TooMany):
        send(jpeg(colour="green"))


def test_a_citizen_sends_so_many_pages_a_day(send, settings):
    settings.UPLOAD_PAGES_A_DAY = 3
    send(pdf(2))
    send()
    with pytest.raises(errors.DayLimit):
        send(jpeg(colour="red"))


def test_files_that_were_refused_or_removed_count_against_the_day(send, sokha, settings):
    settings.UPLOAD_PAGES_A_DAY = 3
    with pytest.raises(errors.NotAPicture):
        send(b"MZ program")
    assert send(jpeg()[:500]).state == Upload.State.REFUSED
    services.remove(actor=sokha, assisted_session=None, upload=send())
    with pytest.raises(errors.DayLimit):
        send(b"MZ another program")
    with pytest.raises(errors.DayLimit):
        send()


def test_an_official_sends_for_many_people_and_not_for_ever(
    send, commune_clerk, clerk_assisted_session, settings
):
    settings.UPLOAD_PAGES_A_DAY, settings.UPLOAD_OFFICIAL_TIMES = 1, 2
    for colour in ("red", "green"):
        send(jpeg(colour=colour), actor=commune_clerk, assisted_session=clerk_assisted_session)
    with pytest.raises(errors.DayLimit):
        send(actor=commune_clerk, assisted_session=clerk_assisted_session)


def test_files_that_wait_unread_are_so_many_and_no_more(send, settings):
    settings.UPLOADS_WAITING = 1
    send(read=False)
    with pytest.raises(errors.TooManyWaiting):
        send(jpeg(colour="red"))


def test_strangers_and_unknown_kinds_are_refused(
    send, other_citizen, commune_clerk, nssf_reviewer, steward, clerk_assisted_session
):
    for actor in (other_citizen, commune_clerk, nssf_reviewer, steward):
        with pytest.raises(PermissionDenied):
            send(actor=actor)
    for kind, key in (("no-such", "1"), (DRAFT, "1-x"), (DRAFT, "9" * 60), (APPLICATION, "0")):
        with pytest.raises(PermissionDenied):
            send(kind=kind, key=key)
    assert (
        send(actor=commune_clerk, assisted_session=clerk_assisted_session).assisted_session_id
        == clerk_assisted_session.pk
    )


def test_a_full_disk_is_told_and_leaves_nothing(send, uploads_folder, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(errors.NotNow, match=r"a\.jpg"):
        send()
    assert not Upload.objects.exists()
    assert not files(uploads_folder)


def test_a_disk_that_is_full_when_a_file_is_read_loses_nothing(send, uploads_folder, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store, "write", full)
        upload = send()
    assert upload.state == Upload.State.READING
    assert len(files(uploads_folder)) == 1
    Upload.objects.update(not_before=None)
    worker_reads()
    upload.refresh_from_db()
    assert (upload.state, upload.pages.count()) == (Upload.State.READ, 1)


def test_submit_takes_the_drafts_documents_along(send, sokha, person, programme, draft):
    upload = send()
    application = applications.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )
    upload.refresh_from_db()
    assert (upload.subject_kind, upload.subject_key) == (APPLICATION, str(application.pk))
    with pytest.raises(errors.Closed):  # part of what is checked
        services.remove(actor=sokha, assisted_session=None, upload=upload)
    later = send(jpeg(colour="red"), kind=APPLICATION, key=str(application.pk))
    services.remove(actor=sokha, assisted_session=None, upload=later)
    with pytest.raises(errors.Closed):  # the draft has become the application
        send(jpeg(colour="green"))


def test_a_submit_that_fails_moves_nothing(send, sokha, person, programme, draft, monkeypatch):
    upload = send()

    def fail(application):
        take_over(application)
        raise RuntimeError

    monkeypatch.setattr(applications, "take_over", fail)
    with pytest.raises(RuntimeError):
        applications.submit_application(
            actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
        )
    upload.refresh_from_db()
    assert upload.subject_kind == DRAFT
    assert not Application.objects.exists()


@pytest.mark.parametrize("step", ["withdraw", "refuse"])
def test_what_has_ended_takes_no_more(send, sokha, application, nssf_reviewer, step):
    if step == "withdraw":
        applications.withdraw(application=application, actor=sokha, assisted_session=None)
    else:
        applications.decide(
            application=application,
            decision="refuse",
            reason="documents",
            actor=nssf_reviewer,
            expected_version=1,
        )
    with pytest.raises(errors.Closed):
        send(kind=APPLICATION, key=str(application.pk))


def test_removed_the_files_go_after_the_commit(
    send, sokha, uploads_folder, django_capture_on_commit_callbacks
):
    upload = send()
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(actor=sokha, assisted_session=None, upload=upload)
        assert len(files(uploads_folder)) == 2
    assert not files(uploads_folder)


def test_drafts_are_forgotten_after_thirty_days(
    send, draft, uploads_folder, django_capture_on_commit_callbacks
):
    old, young = send(), send(jpeg(colour="red"))
    Upload.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=40))
    assert services.purge() == 0  # another request is still writing it
    Upload.objects.filter(pk=young.pk).update(created_at=timezone.now() - timedelta(days=31))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.purge() == 2
    assert not files(uploads_folder)


def test_forgotten_with_their_subject(send, application, uploads_folder, django_capture_on_commit_callbacks):
    send(kind=APPLICATION, key=str(application.pk))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.forget(kind=APPLICATION, keys=[str(application.pk)]) == 1
    assert not files(uploads_folder)


def test_orphans_of_a_crash_are_swept_once_they_are_old(send, uploads_folder):
    kept = send().pages.get()
    lost = send(jpeg(colour="red"))
    Upload.objects.filter(pk=lost.pk).delete()
    (uploads_folder / "ab").mkdir(exist_ok=True)
    (uploads_folder / "ab" / "cut-off.writing").write_bytes(b"half")
    assert services.sweep() == 0
    age(uploads_folder, days=2)
    assert services.sweep() == 3
    assert files(uploads_folder) == [f"{kept.file.hex}.page", f"{kept.file.hex}.small"]


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_is_one_upload(send, uploads_folder, monkeypatch):
    """Both files are written before either row is saved: a double click, or a retry of the phone."""
    both = threading.Barrier(2, timeout=30)
    real = store.write_original
    monkeypatch.setattr(store, "write_original", lambda *a: (real(*a), both.wait())[0])
    made = []

    def press():
        try:
            made.append(send(read=False))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert len(made) == 2
    assert made[0] == made[1]
    assert Upload.objects.count() == 1
    assert len(files(uploads_folder)) == 1

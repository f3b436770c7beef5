"""The same matter told twice, joined and parted by whoever answers it."""

import pytest

from dsp_platform.casework import errors as casework
from dsp_platform.notifications.models import Message
from grievances import errors, services
from grievances.models import Grievance
from tests.applications.helpers import sign_in
from tests.grievances.test_pages import follow, url


@pytest.fixture
def original(tell, operators):
    return tell(operator=operators["nssf"], text="ដើម")


@pytest.fixture
def repeat(tell, operators):
    made = tell(operator=operators["nssf"], text="ម្ដងទៀត", phone="+85512000111")
    return services.confirm_phone(grievance=made, phone=made.phone)


def take(grievance, step, actor, **values):
    grievance.refresh_from_db()
    return services.handle_grievance(
        grievance=grievance, step=step, actor=actor, expected_version=grievance.version, **values
    )


def mark(repeat, original, actor):
    return take(repeat, "mark_repeat", actor, repeat_of=original.reference)


def test_one_answer_goes_to_both_and_each_stays_readable(original, repeat, nssf_reviewer, client):
    mark(repeat, original, nssf_reviewer)
    take(original, "resolve", nssf_reviewer, note="បានដោះស្រាយ")
    repeat.refresh_from_db()
    assert (repeat.state, repeat.answered_by) == ("resolved", nssf_reviewer)
    assert Message.objects.filter(template="grievance_changed", subject_id=repeat.pk).count() == 1
    follow(client, repeat)
    page = client.get(url("grievance", repeat.reference)).content.decode()
    assert "បានដោះស្រាយ" in page
    assert "ម្ដងទៀត" in page
    assert original.reference not in page


def test_a_repeat_is_not_answered_by_itself(original, repeat, nssf_reviewer):
    mark(repeat, original, nssf_reviewer)
    with pytest.raises(errors.AnsweredWithAnother):
        take(repeat, "resolve", nssf_reviewer, note="x")


def test_undone_it_is_answered_by_itself(original, repeat, nssf_reviewer):
    mark(repeat, original, nssf_reviewer)
    take(repeat, "unmark_repeat", nssf_reviewer)
    take(original, "resolve", nssf_reviewer, note="x")
    repeat.refresh_from_db()
    assert (repeat.state, repeat.repeat_of) == ("reported", None)
    assert take(repeat, "resolve", nssf_reviewer, note="y").state == "resolved"


def test_not_of_what_the_handler_may_not_read(tell, operators, repeat, nssf_reviewer):
    others = tell(operator=operators["family_package"])
    for reference in (others.reference, "G-0000-0000", ""):
        with pytest.raises(errors.NoOriginal):
            take(repeat, "mark_repeat", nssf_reviewer, repeat_of=reference)


def test_never_with_a_sensitive_one(tell, repeat, steward):
    sensitive = tell(category="abuse")
    with pytest.raises(errors.NoOriginal):
        mark(repeat, sensitive, steward)
    with pytest.raises(casework.StepNotAllowed):
        mark(sensitive, repeat, steward)


def test_not_of_itself_nor_in_chains_nor_of_an_answered_one(tell, operators, original, repeat, nssf_reviewer):
    with pytest.raises(errors.NoOriginal):
        mark(repeat, repeat, nssf_reviewer)
    mark(repeat, original, nssf_reviewer)
    third = tell(operator=operators["nssf"])
    for one, other in ((third, repeat), (original, third)):
        with pytest.raises(errors.NoOriginal):
            mark(one, other, nssf_reviewer)
    take(original, "dismiss", nssf_reviewer, note="x")
    with pytest.raises(errors.NoOriginal):
        mark(third, original, nssf_reviewer)


def test_not_solved_it_goes_on_by_itself(original, repeat, nssf_reviewer):
    mark(repeat, original, nssf_reviewer)
    take(original, "resolve", nssf_reviewer, note="x")
    services.add_words(grievance=repeat, actor=None, assisted_session=None, text="នៅតែ")
    assert Grievance.objects.get(pk=repeat.pk).repeat_of is None


@pytest.mark.parametrize("language", ["en", "km"])
def test_on_the_page_of_the_handler(original, repeat, nssf_reviewer, language):
    browser = sign_in(nssf_reviewer)
    address = f"/{language}/admin/grievances/grievance/{repeat.pk}/"
    sent = {"step": "mark_repeat", "repeat_of": original.reference.lower(), "version": 1}
    assert browser.post(f"{address}handle/", sent).status_code == 302
    assert original.reference in browser.get(f"{address}change/").content.decode()
    assert (
        repeat.reference
        in browser.get(address.replace(str(repeat.pk), str(original.pk)) + "change/").content.decode()
    )

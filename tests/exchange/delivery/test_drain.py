from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry, Operator, Outstanding
from tests.exchange.conftest import MAPPING, agree, announce, entry
from tests.roles import as_owner

HELD = "SELECT spid, full_name, sex, birth_date::text, deleted FROM fp_person ORDER BY spid"


def test_a_record_arrives_in_the_operators_own_columns(people, family_package, family_package_db):
    announce(people.add(1))
    drain("family_package")
    assert family_package_db(HELD) == [("000000000001", "សុខា 1", "F", "1980-02-29", False)]
    assert (entry(1).state, entry(1).delivered_version, Lease.objects.count()) == ("delivered", 1, 0)


def test_an_attempt_tells_what_it_rested_on(people, family_package, family_package_db):
    announce(people.add(7))
    drain("family_package")
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.version, attempt.consent_id) == ("delivered", 1, 7)
    assert attempt.agreement == family_package.agreements.get()
    assert len(attempt.digest) == 16
    assert attempt.revision == entry(7).delivered_revision


def test_a_second_drain_sends_nothing(people, family_package, family_package_db):
    announce(people.add(1))
    drain("family_package")
    drain("family_package")
    assert Attempt.objects.count() == 1


def test_one_bad_record_of_a_hundred_is_held_and_the_rest_pass(people, family_package, family_package_db):
    subjects = [people.add(number) for number in range(1, 101)]
    people.rows[42].values["date_of_birth"] = "1980-02-31"
    announce(*subjects)
    drain("family_package")
    assert (entry(42).state, entry(42).reason) == ("held", "bad_date")
    assert LedgerEntry.objects.filter(state="delivered").count() == 99
    assert len(family_package_db(HELD)) == 99


def test_a_held_record_goes_when_it_is_corrected(people, family_package, family_package_db):
    announce(people.add(1, date_of_birth="1980-02-31"))
    drain("family_package")
    announce(people.change(1, date_of_birth="1980-02-28"))
    drain("family_package")
    assert entry(1).state == "delivered"


def test_a_value_without_a_code_names_the_field_and_not_the_value(people, family_package, family_package_db):
    announce(people.add(1, sex="other"), people.add(2))
    drain("family_package")
    assert (entry(1).state, entry(1).reason) == ("held", "no_code:sex")
    assert entry(2).state == "delivered"


def test_a_zero_byte_spoils_one_record_only(people, family_package, family_package_db):
    announce(people.add(1, full_name="a\x00b"), people.add(2))
    drain("family_package")
    assert (entry(1).state, entry(2).state) == ("held", "delivered")


def test_fields_outside_the_agreement_cannot_leave(people, family_package, family_package_db):
    with as_owner():
        family_package.agreements.update(state="ended")
    agree(
        family_package, number=2, mapping={**MAPPING, "columns": {**MAPPING["columns"], "phone": "relation"}}
    )
    announce(people.add(1))
    drain("family_package")
    assert entry(1).state == "held"
    assert family_package_db(HELD) == []


def test_a_withdrawal_leaves_the_tombstone_only(people, family_package, family_package_db):
    announce(people.add(1))
    drain("family_package")
    people.rows[1].concerned = False
    announce((1, 1))
    drain("family_package")
    assert family_package_db(HELD) == [("000000000001", None, None, None, True)]
    assert (entry(1).state, entry(1).reason, entry(1).delivered_version) == ("withdrawn", "withdrawn", 0)


def test_consent_given_again_brings_the_record_back(people, family_package, family_package_db):
    announce(people.add(1))
    drain("family_package")
    for concerned in (False, True):
        people.rows[1].concerned = concerned
        announce((1, 1))
        drain("family_package")
    assert family_package_db(HELD) == [("000000000001", "សុខា 1", "F", "1980-02-29", False)]
    assert entry(1).state == "delivered"


def test_who_was_never_delivered_is_not_even_withdrawn(people, family_package, family_package_db):
    announce(people.add(1))
    people.rows[1].concerned = False
    drain("family_package")
    assert family_package_db(HELD) == []
    assert (entry(1).state, entry(1).reason) == ("withdrawn", "not_concerned")
    assert not Attempt.objects.exists()


def test_an_older_revision_delivered_late_changes_nothing(people, family_package, family_package_db):
    announce(people.add(1))
    drain("family_package")
    announce(people.change(1, full_name="ថ្មី"))
    drain("family_package")
    LedgerEntry.objects.update(revision=1, state="due")
    Outstanding.objects.create(entry=entry(1), operator=family_package)
    people.change(1, full_name="ចាស់")
    drain("family_package")
    assert family_package_db(HELD)[0][1] == "ថ្មី"


def test_a_subject_that_cannot_be_built_holds_up_nobody(people, family_package, family_package_db):
    announce(*(people.add(number) for number in range(1, 10)))
    del people.rows[5].values["spid"]
    del people.rows[6]
    drain("family_package")
    assert {entry(5).reason, entry(6).reason} == {"cannot_encode", "cannot_build"}
    assert LedgerEntry.objects.filter(state="delivered").count() == 7


def test_who_holds_what(people, family_package, family_package_db):
    announce(people.add(1))
    entry = LedgerEntry.objects.get(kind="person", subject_id=1)
    assert (entry.operator, entry.delivered_version, entry.wanted_version) == (family_package, 0, 1)
    drain("family_package")
    entry = LedgerEntry.objects.get(kind="person", subject_id=1)
    assert (entry.delivered_version, entry.state) == (1, "delivered")


def test_the_fake_operator_refuses_everything_and_stays_up(people, db):
    operator = Operator.objects.create(code="fake", name_en="Fake", adapter="fake_refuse")
    agree(operator)
    announce(people.add(1))
    drain("fake")
    operator.refresh_from_db()
    assert (entry(1).state, entry(1).reason) == ("held", "refused_by_operator")
    assert operator.failures == 0

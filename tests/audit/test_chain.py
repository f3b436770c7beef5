"""The owner of the database can change the audit, but the change is detected."""

import threading
from contextlib import suppress
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from dsp_platform.audit import chain, services
from dsp_platform.audit.models import AuditEvent, ChainHead
from tests.roles import as_owner

KEY = "k" * 32


def act(number: int = 17, **more: object) -> None:
    services.record(actor=None, action="view", subject_kind="person", subject_id=number, **more)


def findings(**options: object) -> list[str]:
    return list(chain.verify(**options))


def tamper(statement: str) -> None:
    """As the owner of the tables."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
        cursor.execute(statement)
        assert cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def written(db):
    for number in range(1, 6):
        act(number, reason='ទៅផ្ទះ "now"\n\\', details={"b": [1.50, None, "ក"], "a": {"x": True}})
    return list(AuditEvent.objects.order_by("pk"))


def test_what_nobody_touched_is_in_order(written):
    assert findings() == []
    assert [event.sequence for event in written] == [1, 2, 3, 4, 5]
    assert len({event.chain for event in written}) == 1


def test_what_the_database_computes_and_what_is_verified_are_the_same(written, commune_clerk):
    services.record(
        actor=commune_clerk,
        action="x",
        subject_kind="y",
        assisted_session_id="00000000-0000-0000-0000-000000000001",
    )
    services.record_listed(actor=commune_clerk, subject_kind="person", subject_ids=range(1, 50))
    assert findings() == []


@pytest.mark.parametrize(
    "change",
    [
        "action = 'none'", "subject_kind = 'none'", "subject_id = 99", "subject_id = NULL", "reason = ''",
        "at = at + interval '1 microsecond'", "assisted_session_id = gen_random_uuid()", "details = '{}'",
        "action = 'viewperson', subject_kind = ''", "id = id + 1000", "hash = sha256('x')",
    ],
)  # fmt: skip
def test_a_changed_row_is_found(written, change):
    tamper(f"UPDATE audit_auditevent SET {change} WHERE sequence = 3")
    assert any("number 3" in finding and "changed" in finding for finding in findings())


def test_the_runtime_role_dates_nothing_back(db):
    before = timezone.now()
    AuditEvent.objects.create(action="view", subject_kind="person", at=before - timedelta(days=30))
    assert AuditEvent.objects.get().at >= before
    assert findings() == []


def test_a_row_that_the_owner_dated_back_is_found(db):
    with as_owner():
        AuditEvent.objects.create(
            action="view", subject_kind="person", at=timezone.now() - timedelta(days=30)
        )
    (finding,) = findings()
    assert "says that it was written on" in finding


def test_a_row_that_is_gone_is_found(written):
    tamper("DELETE FROM audit_auditevent WHERE sequence = 3")
    (finding,) = findings()
    assert "number 4" in finding
    assert "is gone" in finding


def test_a_row_that_is_gone_and_covered_up_is_found(written):
    tamper("DELETE FROM audit_auditevent WHERE sequence = 3")
    tamper("UPDATE audit_auditevent SET sequence = sequence - 1 WHERE sequence > 3")
    assert findings()


def test_the_last_rows_cut_off_are_found(written):
    tamper("DELETE FROM audit_auditevent WHERE sequence > 3")
    (finding,) = findings()
    assert "ends at 3" in finding
    assert "noted at 5" in finding


def test_all_of_it_cut_off_is_found(written):
    tamper("DELETE FROM audit_auditevent")
    assert len(findings()) == 1


def test_a_whole_chain_that_is_gone_is_found_by_its_number(written):
    """While a later row of that day exists; a deleted last row is detected by exported heads only."""
    day = written[0].chain.partition("/")[0]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('dspp.audit_chain', '1', true)")
        act(number=2)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('dspp.audit_chain', '2', true)")
        act(number=3)
    assert findings() == []
    tamper(f"DELETE FROM audit_auditevent WHERE chain = '{day}/1'")  # noqa: S608
    tamper(f"DELETE FROM audit_chainhead WHERE chain = '{day}/1'")  # noqa: S608
    (finding,) = findings()
    assert finding.startswith(f"Chain {day}/1 is not there")
    assert findings(since=date.fromisoformat(day)) == [finding]
    assert findings(since=date.fromisoformat(day) + timedelta(days=1)) == []


def test_a_row_put_in_between_is_found(written):
    tamper(
        "INSERT INTO audit_auditevent (at, action, subject_kind, reason, details, chain, sequence)"
        " SELECT at, 'view', 'person', '', '{}', chain, 6 FROM audit_auditevent WHERE sequence = 5"
    )
    assert any("number 6" in finding for finding in findings())


def test_what_is_cut_off_and_covered_up_is_found_by_the_exported_ends(written, settings, tmp_path):
    settings.AUDIT_SIGNING_KEY = KEY
    heads = chain.read_export(chain.export())
    assert findings(heads=heads) == []
    act()
    assert findings(heads=heads) == []  # later rows are not reported
    tamper("DELETE FROM audit_auditevent WHERE sequence > 4")
    tamper(
        "UPDATE audit_chainhead h SET sequence = e.sequence, hash = e.hash FROM audit_auditevent e"
        " WHERE e.chain = h.chain AND e.sequence = 4"
    )
    assert findings() == []
    (finding,) = findings(heads=heads)
    assert "exported up to row 5" in finding
    act(99)  # and another row in its place
    assert any("another than the exported one" in finding for finding in findings(heads=heads))


def test_a_row_outside_of_the_chains_is_found(written):
    tamper(
        "INSERT INTO audit_auditevent (at, action, subject_kind, reason, details)"
        " VALUES (now(), 'view', 'person', '', '{}')"
    )
    assert "Chain  has rows, and its end is not noted." in findings()


def test_an_end_without_its_rows_is_found(written):
    tamper("INSERT INTO audit_chainhead VALUES ('', 1, sha256(''))")
    assert findings() == ["Chain  ends at 0, and its end was noted at 1."]


def test_nobody_writes_their_own_place_in_a_chain(written):
    AuditEvent.objects.create(
        action="view", subject_kind="person", chain="2020-01-01/0", sequence=77, previous=b"x", hash=b"y"
    )
    assert findings() == []
    assert not AuditEvent.objects.filter(chain="2020-01-01/0").exists()


def test_only_later_days_are_looked_at_when_asked(written):
    tamper("UPDATE audit_auditevent SET reason = 'x' WHERE sequence = 3")
    today = written[0].at.date()
    assert findings(since=today)
    assert not findings(since=today.replace(year=today.year + 1))


def test_the_command_says_which_row_and_ends_with_an_error(written):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "what was written" in out.getvalue()
    tamper("UPDATE audit_auditevent SET reason = 'x' WHERE sequence = 3")
    out = StringIO()
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_audit", stdout=out)
    assert f"Row {written[2].pk} " in out.getvalue()


def test_ends_are_not_exported_unsigned(written, settings, tmp_path):
    settings.AUDIT_SIGNING_KEY = ""
    with pytest.raises(CommandError, match="AUDIT_SIGNING_KEY"):
        call_command("export_audit_heads")


def test_a_file_that_was_changed_is_not_believed(written, settings, tmp_path):
    settings.AUDIT_SIGNING_KEY = KEY
    out = StringIO()
    call_command("export_audit_heads", stdout=out)
    file = tmp_path / "heads.json"
    file.write_text(out.getvalue())
    call_command("verify_audit", heads=file, stdout=StringIO())
    file.write_text(out.getvalue().replace(", 5,", ", 4,").replace(" 5,", " 4,"))
    with pytest.raises(CommandError, match="signature"):
        call_command("verify_audit", heads=file, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_many_at_once_neither_wait_for_each_other_nor_break_a_chain():
    """Each keeps its transaction open until all have written: a single lock for all would block forever."""
    together = threading.Barrier(8, timeout=20)
    broken: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for turn in range(5):
                with transaction.atomic():
                    act(worker)
                    together.wait()
                    act(turn)
        except BaseException as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken
    assert AuditEvent.objects.count() == 80
    assert findings() == []
    assert 8 <= ChainHead.objects.count() <= 9


@pytest.mark.django_db(transaction=True)
def test_who_takes_the_chain_of_another_is_refused():
    """The chain number is a setting of the transaction, which every role may set."""
    reached, done, refused = threading.Event(), threading.Event(), []

    def intruder() -> None:
        reached.wait(10)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('dspp.audit_chain', '0', true)")
                threading.Timer(1, done.set).start()
                act(2)
        except DatabaseError as error:
            refused.append(error)
        finally:
            connections.close_all()

    act()
    thread = threading.Thread(target=intruder)
    thread.start()
    with transaction.atomic():
        act()
        reached.set()
        assert done.wait(10)
    thread.join()
    assert "another has written" in str(refused[0])
    assert findings() == []


def act_in_vain() -> None:
    with suppress(RuntimeError), transaction.atomic():
        act()
        raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_leaves_no_gap():
    act()
    act_in_vain()
    with transaction.atomic():
        act()
        act_in_vain()
        act()
    assert AuditEvent.objects.count() == 3
    assert findings() == []

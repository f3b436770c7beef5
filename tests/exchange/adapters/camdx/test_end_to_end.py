"""End to end: from the announcement of a change to the operator behind CamDX, through ledger and drain."""

import pytest

from dsp_platform.exchange.adapters.directory import ADAPTERS
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.models import Attempt, LedgerEntry, Operator, StatusReport
from dsp_platform.exchange.reports.services import pull
from tests.exchange.adapters.camdx.conftest import MAPPING
from tests.exchange.adapters.camdx.security_server import SERVICE, acknowledged, failed
from tests.exchange.conftest import agree, announce, entry
from tests.roles import as_owner


@pytest.fixture
def fund(db, family_fund) -> Operator:
    family_fund.save()
    agree(family_fund, mapping=MAPPING)
    return family_fund


def test_receipts_of_x_road_stand_with_the_attempts(security_server, people, fund):
    announce(people.add(1), people.add(2))
    drain("family_fund")
    assert {record["version"] for record in security_server.records.values()} == {
        entry(1).delivered_revision,
        entry(2).delivered_revision,
    }
    receipts = set(Attempt.objects.values_list("outcome", "receipt"))
    ((outcome, receipt),) = receipts
    assert outcome == "delivered"
    assert receipt.startswith("00000000-0000-0000-0000-000000000001 ")
    assert receipt.endswith(" " + "/".join(SERVICE))


def test_a_withdrawal_goes_out_and_is_acknowledged(security_server, people, fund):
    announce(people.add(1))
    drain("family_fund")
    people.rows[1].concerned = False
    announce((1, 1))
    drain("family_fund")
    (record,) = security_server.records.values()
    assert set(record) == {"spid", "version", "status", "withdrawn_on"}
    assert (entry(1).state, entry(1).reason) == ("withdrawn", "withdrawn")


def test_a_refused_record_waits_for_a_person_and_holds_up_nobody(security_server, people, fund):
    announce(*(people.add(number) for number in range(1, 6)))
    security_server.dislikes[f"{3:012d}"] = acknowledged("ERR", "err.request.bad")
    drain("family_fund")
    assert (entry(3).state, entry(3).reason) == ("held", "refused_by_operator")
    assert LedgerEntry.objects.filter(state="delivered").count() == 4


@pytest.mark.parametrize(
    ("failure", "reason", "may_have_copy"),
    [
        (failed("Server.ServerProxy.AccessDenied"), "access_denied", False),
        ("cut_after_reading", "unreachable", True),
    ],
)
def test_a_failure_of_the_road_is_shown_and_nothing_is_lost(
    security_server, people, fund, failure, reason, may_have_copy
):
    security_server.failures.append(failure)
    announce(people.add(1), people.add(2))
    drain("family_fund")
    fund.refresh_from_db()
    assert (fund.failures, fund.last_error) == (1, reason)
    assert set(LedgerEntry.objects.values_list("state", "may_have_copy")) == {("due", may_have_copy)}

    Operator.objects.update(retry_at=None)
    drain("family_fund")
    assert LedgerEntry.objects.filter(state="delivered").count() == len(security_server.records) == 2
    assert security_server.repeated == may_have_copy


def test_a_drain_takes_no_more_at_once_than_the_road_carries_in_a_lease(
    security_server, people, fund, monkeypatch
):
    monkeypatch.setattr(ADAPTERS["camdx"], "most", 2, raising=True)
    announce(*(people.add(number) for number in range(1, 6)))
    drain("family_fund")
    assert [request["body"]["header"]["total_count"] for request in security_server.requests] == [2, 2, 1]


def test_nothing_is_pulled_over_camdx(security_server, people, fund):
    """Not even where a status table is described, and that is not an error."""
    with as_owner():
        Operator.objects.update(status_mapping={"table": "decisions"})
    assert pull("family_fund") is False
    fund.refresh_from_db()
    assert (fund.pull_error, StatusReport.objects.count(), security_server.requests) == ("", 0, [])

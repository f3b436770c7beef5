"""What is sent over CamDX. In each test the stand-in checks the rules of X-Road and DCI as well."""

import pytest

from dsp_platform.exchange.adapters.base import Outcome
from tests.exchange.adapters.camdx.conftest import failure_of, gone, person, push
from tests.exchange.adapters.camdx.security_server import acknowledged

SOKHA = "000000000001"
DARA = "000000000002"


def test_a_record_arrives_under_the_operators_own_names(security_server, family_fund):
    push(family_fund, person(1, revision=7))
    assert security_server.records == {
        SOKHA: {
            "spid": SOKHA,
            "version": 7,
            "status": "active",
            "withdrawn_on": None,
            "name": {"km": "សុខា"},
            "sex": "2",
            "birth": {"year": 1980},
            "source": "DSPP",
        }
    }


def test_a_withdrawal_carries_the_key_and_nothing_else(security_server, family_fund, time_machine):
    time_machine.move_to("2026-11-23T10:00:00+07:00", tick=False)
    push(family_fund, person(1, revision=7))
    push(family_fund, gone(1, revision=8))
    assert security_server.records == {
        SOKHA: {"spid": SOKHA, "version": 8, "status": "withdrawn", "withdrawn_on": "2026-11-23"}
    }


def test_what_comes_late_does_not_undo_a_withdrawal(security_server, family_fund):
    push(family_fund, gone(1, revision=8))
    push(family_fund, person(1, revision=7))
    assert security_server.records[SOKHA]["status"] == "withdrawn"


def test_many_records_travel_in_messages_of_a_bounded_size(security_server, family_fund, monkeypatch):
    monkeypatch.setenv("CAMDX_RECORDS", "4")
    outcomes = push(family_fund, *(person(number, revision=number) for number in range(1, 11)))
    assert [outcome.status for outcome in outcomes] == ["delivered"] * 10
    counts = [request["body"]["header"]["total_count"] for request in security_server.requests]
    assert counts == [4, 4, 2]


def test_the_receipt_is_what_x_road_can_prove(security_server, family_fund):
    (outcome,) = push(family_fund, person(1, revision=7))
    number, digest, service = outcome.receipt.split(" ")
    assert number == "00000000-0000-0000-0000-000000000001"
    assert (len(digest), service) == (88, "CAMBODIA/GOV/CAMDX-20201223/FAMILY/notify")


def test_the_same_records_are_the_same_message(security_server, family_fund):
    for _try in range(2):
        push(family_fund, person(1, revision=7), person(2, revision=8))
    first, second = (request["headers"]["X-Road-Id"] for request in security_server.requests)
    assert first == second == security_server.requests[0]["body"]["header"]["message_id"]
    assert security_server.repeated == 1


@pytest.mark.parametrize("changed", [{"revision": 8}, {"revision": 7, "full_name": "ដារ៉ា"}])
def test_other_records_are_another_message(security_server, family_fund, changed):
    push(family_fund, person(1, revision=7))
    push(family_fund, person(1, **changed))
    assert len(security_server.messages) == 2


def test_each_identifier_is_encoded_on_its_own(security_server, family_fund):
    security_server.service = ("CAMBODIA", "GOV", "មូលនិធិ 1", "FAMILY?&#+", "notify", "v1", "registry")
    security_server.receiver = "fund.example"
    family_fund.address = {
        "member": "CAMBODIA/GOV/មូលនិធិ 1/FAMILY?&#+",
        "service": "notify",
        "path": "v1/registry",
        "receiver_id": "fund.example",
    }
    assert push(family_fund, person(1, revision=7))[0].status == "delivered"
    assert "%201/FAMILY%3F%26%23%2B/notify/v1/registry" in security_server.requests[0]["path"]


def test_no_proxy_of_the_machine_is_asked(security_server, family_fund, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert push(family_fund, person(1, revision=7))[0].status == "delivered"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"sex": "other"}, "no_code:sex"),
        ({"date_of_birth": "1980-02-31"}, "cannot_encode"),
        ({"full_name": "\ud800"}, "cannot_encode"),
        ({"full_name": 1.5}, "cannot_encode"),
    ],
)
def test_a_record_that_cannot_be_written_stays_here_and_the_rest_go(
    security_server, family_fund, values, reason
):
    outcomes = push(family_fund, person(1, revision=7, **values), person(2, revision=8))
    assert Outcome(1, "invalid", reason) in outcomes
    assert list(security_server.records) == [DARA]


def test_one_refused_record_of_a_message_is_held_and_the_rest_pass(security_server, family_fund):
    security_server.dislikes[f"{7:012d}"] = acknowledged("ERR", "err.request.bad")
    outcomes = push(family_fund, *(person(number, revision=number) for number in range(1, 11)))
    assert [outcome for outcome in outcomes if outcome.status != "delivered"] == [
        Outcome(7, "refused", "refused_by_operator")
    ]
    assert len(security_server.records) == 9


def break_over(security_server, *numbers: int) -> None:
    security_server.dislikes = {f"{number:012d}": acknowledged("", http=500) for number in numbers}


def test_a_household_that_breaks_the_operators_program_holds_up_nobody(security_server, family_fund):
    break_over(security_server, *range(1, 7))
    outcomes = push(family_fund, *(person(number, revision=number) for number in range(1, 41)))
    assert {outcome[:3] for outcome in outcomes if outcome.status != "delivered"} == {
        (number, "unknown", "operator_error") for number in range(1, 7)
    }
    assert len(security_server.records) == 34


def test_records_that_break_it_here_and_there_raise_no_doubt(security_server, family_fund):
    break_over(security_server, 5, 15, 25, 35)
    push(family_fund, *(person(number, revision=number) for number in range(1, 41)))
    # None was tried twice.
    assert (sum(map(len, security_server.messages.values())), security_server.repeated) == (36, 0)


@pytest.mark.parametrize("healthy", [0, 20])
def test_a_program_that_breaks_over_everything_is_the_operators_failure(
    security_server, family_fund, monkeypatch, healthy
):
    """From the beginning, or from then on."""
    monkeypatch.setenv("CAMDX_RECORDS", "20")
    break_over(security_server, *range(1, 141))
    security_server.failures += [acknowledged("ACK")] * (healthy // 20)
    people = [person(number, revision=number) for number in range(1, 141)]
    assert failure_of(family_fund, *people) == ("operator_error", True)
    assert len(security_server.requests) < 20


@pytest.mark.parametrize(
    "columns",
    [
        {"full_name": "name", "sex": "name.km"},
        {"full_name": "spid.name.km"},
        {"full_name": "sex", "sex": "sex"},
    ],
)
def test_two_fields_in_one_place_never_leave(security_server, family_fund, columns):
    mapping = {"table": "SRPerson", "key": {"field": "spid", "column": "spid"}, "version": "version"}
    mapping |= {"withdrawn": "withdrawn", "columns": columns}
    assert push(family_fund, person(1, revision=7), mapping=mapping)[0].reason == "cannot_encode"
    assert security_server.requests == []

"""One box of a search knows what was typed."""

import pytest
from stdnum import damm

from dsp_platform.database.references import new_reference
from registry.persons.query_kinds import QueryKind, is_mistyped_spid, kinds_of

SPID, PHONE, DOCUMENT = QueryKind.SPID, QueryKind.PHONE, QueryKind.DOCUMENT
HOUSEHOLD, KHMER, LATIN = QueryKind.HOUSEHOLD, QueryKind.KHMER_NAME, QueryKind.LATIN_NAME


def valid_spid():
    body = "12345678901"
    return body + damm.calc_check_digit(body)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("012 345 678", [PHONE, DOCUMENT]),
        ("០១២ ៣៤៥ ៦៧៨", [PHONE, DOCUMENT]),
        ("+855 12 345 678", [PHONE, DOCUMENT]),
        ("010203045", [PHONE, DOCUMENT]),
        ("210203045", [DOCUMENT]),
        ("N0123456", [DOCUMENT]),
        ("សុខា", [KHMER]),
        ("Sok Sokha", [LATIN]),
        ("", []),
        ("---", []),
    ],
)
def test_what_was_typed(query, kinds):
    assert kinds_of(query) == kinds


def test_an_spid_is_nothing_else_however_it_is_typed():
    spid = valid_spid()
    grouped = " ".join((spid[:4], spid[4:8], spid[8:]))
    khmer = spid.translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    assert {tuple(kinds_of(typed)) for typed in (spid, grouped, khmer)} == {(SPID,)}


def test_an_spid_with_a_wrong_digit_is_said_to_be_one():
    spid = valid_spid()
    wrong = spid[:-1] + str((int(spid[-1]) + 1) % 10)
    assert is_mistyped_spid(wrong)
    assert not is_mistyped_spid(spid)
    assert not is_mistyped_spid("N12345678901 2")


def test_a_household_number_needs_its_letter():
    number = new_reference("H")
    assert kinds_of(number.lower())[0] == HOUSEHOLD
    assert HOUSEHOLD not in kinds_of(number.removeprefix("H-"))

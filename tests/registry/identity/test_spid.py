from hypothesis import given
from hypothesis import strategies as st

from registry.identity.spid import clean_spid, is_valid, new_spid
from tests.khmer.digits import khmer_digits

spids = st.builds(new_spid)


@given(spids)
def test_a_new_spid_is_valid(spid: str):
    assert is_valid(spid)
    assert len(spid) == 12


@given(spids, st.integers(0, 11), st.integers(1, 9))
def test_every_wrong_digit_is_caught(spid: str, position: int, step: int):
    wrong = str((int(spid[position]) + step) % 10)
    assert not is_valid(spid[:position] + wrong + spid[position + 1 :])


@given(spids, st.integers(0, 10))
def test_every_swap_of_neighbours_is_caught(spid: str, at: int):
    if spid[at] != spid[at + 1]:
        assert not is_valid(spid[:at] + spid[at + 1] + spid[at] + spid[at + 2 :])


@given(spids)
def test_it_is_read_in_khmer_digits_with_spaces_and_dashes(spid: str):
    grouped = " ".join((spid[:4], spid[4:8], spid[8:]))
    assert clean_spid(f" {khmer_digits(grouped)} ") == spid
    assert clean_spid(grouped.replace(" ", "-")) == spid


@given(st.text())
def test_any_text_is_a_spid_or_none(text: str):
    spid = clean_spid(text)
    assert spid is None or is_valid(spid)


def test_twelve_zeros_are_no_spid():
    assert not is_valid("0" * 12)

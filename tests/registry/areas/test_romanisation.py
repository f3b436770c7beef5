"""Latin variants of Cambodian places, and what must stay apart."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.areas.address_keys import TypedAddress, own_keys
from registry.areas.romanisation import _folded, latin_key

VARIANTS = [
    ("Phnom Penh", "Phnum Pénh", "PhnomPenh", "phnom-penh", "PHNOM  PENH"),
    ("Siem Reap", "Siemreap", "Siem Reab", "Siem‑Reap"),
    ("Kampong Cham", "Kompong Cham", "Kompongcham", "Kg. Cham"),
    ("Oddar Meanchey", "Odor Meanchey", "Otdar Mean Chey", "Uddor Meanchey"),
    ("Banteay Meanchey", "Bantey Mean Chey", "Bonteay Meanchey"),
    ("Kampong Speu", "Kompong Spueu", "Kampong Spoe"),
    ("Kampong Thom", "Kampong Thum"),
    ("Ratanakiri", "Ratanak Kiri", "Rattanakiri"),
    ("Mondulkiri", "Mondul Kiri", "Mondolkiri"),
    ("Kratié", "Kratie"),
    ("Stung Treng", "Stueng Traeng"),
    ("Tboung Khmum", "Tbong Khmom"),
    ("Takeo", "Ta Kaev", "Takéo"),
    ("Kep", "Kaeb"),
    ("Pursat", "Pousat"),
    ("Prey Veng", "Prey Veaeng"),
    ("Koh Kong", "Kaoh Kong"),
    ("Poipet", "Paoy Paet"),
    ("Toul Kork", "Tuol Kouk"),
    ("Sen Sok", "Saensokh"),
    ("Wat Bo", "Voat Bour"),
    ("O'Smach", "O‘Smach", "Ou Smach", "O’Smach"),
]


@pytest.mark.parametrize("names", VARIANTS)
def test_variants_of_a_place_have_one_key(names):
    assert len({latin_key(name) for name in names}) == 1


def test_places_of_different_names_have_different_keys():
    assert len({latin_key(names[0]) for names in VARIANTS}) == len(VARIANTS)


@pytest.mark.parametrize(
    ("official", "other"),
    [("Preah Sihanouk", "Sihanoukville"), ("Sihanoukville", "Preah Sihanouk"), ("Battambang", "Bat Dambang"),
     ("Pursat", "Pothisat"), ("Kracheh", "Kratie")],
)  # fmt: skip
def test_a_place_is_found_by_its_other_name(official, other):
    keys = own_keys("", official).pieces
    for pieces in TypedAddress.of(other).pieces:
        assert any(key.startswith(piece) for key in keys for piece in pieces)


@given(st.text(alphabet="abdeghiklmnoprstuvwy '-é", max_size=30))
@example("k-g")  # it reads like a short form, but only a typed word is written out
@example("Kg.")
def test_a_key_is_folded_to_the_end(text):
    assert _folded(latin_key(text)) == latin_key(text)


@given(st.sampled_from([name for names in VARIANTS for name in names]), st.data())
def test_whatever_run_of_words_is_typed_begins_a_piece(name, data):
    words = TypedAddress.of(name).words
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    typed = " ".join(words[start:end])
    assert any(key.startswith(latin_key(typed)) for key in own_keys("ភ្នំ", name).pieces)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ភូមិអូរធំ ឃុំ បន្ទាយនាង", ["អូរធំ", "បន្ទាយនាង"]),
        ("Krong Siem Reap, Khum Svay", ["Siem", "Reap", "Svay"]),
        ("ភូមិ ២", ["២"]),
        ("ក្រុង", ["ក្រុង"]),
        ("ស្រុកា", ["ស្រុកា"]),
        ("Phum2", ["2"]),
        ("", []),
    ],
)
def test_words_for_village_and_commune_do_not_count(typed, words):
    assert TypedAddress.of(typed).words == words


def test_a_long_text_is_read_at_its_start():
    assert len(TypedAddress.of("ភ្នំ " * 500).words) == 8

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp_platform.khmer.text import clean, clean_lines, has_stray_sign, normalise, search_key

KHMER = st.text(alphabet=[chr(code) for code in range(0x1780, 0x17DE)] + list("\u200b\u200c -a"))
ANY = st.text() | KHMER | st.text(alphabet="ka\u0301 \n\t\x00\u200b\u2028")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("ស្រ្តី", "ស្ត្រី"),  # subscript RO before another subscript
        ("ស្រី្ត", "ស្ត្រី"),  # vowel before a subscript
        ("សុី", "ស៊ី"),  # lowered shifter typed as the vowel U
        ("បុី", "ប៉ី"),
        ("មុឺន", "ម៉ឺន"),
        ("សុើប", "ស៊ើប"),
        ("បុាំង", "ប៉ាំង"),
        ("សី៊", "ស៊ី"),  # shifter after the vowel
        ("ដេីម", "ដើម"),  # vowel typed in two halves
        ("កេាះ", "កោះ"),
        ("កុំះ", "កុំះ"),
        ("គំា", "គាំ"),  # NIKAHIT before AA
        ("ខំុ", "ខុំ"),
        ("ធម៌", "ធម៌"),
        ("កិិ", "កិ"),  # the same sign twice
        ("ភ្\u200bនំ\u200bពេញ", "ភ្នំពេញ"),
        ("ឣ", "អ"),
    ],
)
def test_one_order_for_one_word(typed: str, canonical: str) -> None:
    assert normalise(typed) == canonical


@pytest.mark.parametrize(
    "word",
    [
        "បណ្ណ", "ប័ណ្ណ", "បណ្ដឹងតវ៉ា", "កម្ពុជា", "ខ្ញុំ", "ព្រះរាជាណាចក្រ", "ស្ត្រី", "សង្គម",
        "អភិវឌ្ឍន៍", "ទូរស័ព្ទ", "នព្វន្ត", "លក្ខណ៍", "ឲ្យ", "ឱ្យ", "ម៉ោង", "ឧបត្ថម្ភ", "ពាក្យសុំ",
        "សន្តិសុខសង្គម", "ប្រតិបត្តិករ", "ពត៌មាន", "ចាំបាច់", "កូនៗ", "ដើម្បី", "គ្រួសារ",
    ],
)  # fmt: skip
def test_correct_words_stay_as_they_are(word: str) -> None:
    assert normalise(word) == word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("បណ្ដឹង", "បណ្តឹង"),  # subscript DA and TA look the same
        ("បណ្ណ", "ប័ណ្ណ"),
        ("ទូរសព្ទ", "ទូរស័ព្ទ"),
        ("សុខ សំណាង", "សុខសំណាង"),
        ("ភូមិ ២", "ភូមិ2"),
        ("Phnom-Pénh", "PHNOM PENH"),
        ("Sok, Dara", "sok dara"),
        ("Ｓｏｋ", "Sok"),
        ("ស្រ្តី", "ស្ត្រី"),
        ("សុខា", "ស៊ុខា"),  # series shifters
        ("ឲ្យ", "ឱ្យ"),
        ("ឬទ្ធី", "ឫទ្ធី"),
        ("ពោធិ៍", "ពោធិ"),  # silent signs
        ("តានង់", "តានង"),
        ("គីរី", "គិរី"),
        ("បឺង", "បឹង"),
        ("សិរី\u17b8", "សិរី"),  # the same sign twice
        ("D‘Souza", "D'Souza"),
        ("D’Souza", "DʼSouza"),
    ],
)
def test_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("បណ្ណ", "បណ"),
        ("កូន", "កូនៗ"),
        ("ដារ៉ា", "តារា"),
        ("សុខ", "សុក"),
        ("បារុង", "ប៉ារុង"),
        ("ស្រីនា", "ស្រីណា"),
        ("ឡូត", "លូត"),
        ("បូរ", "បួរ"),
    ],
)
def test_different_words_have_different_keys(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


def test_card_is_not_corrupted() -> None:
    assert search_key("បណ្ណ") == "បណ្ណ"


def test_stored_text_is_what_was_typed_less_the_invisible() -> None:
    assert clean("  សុី\u200b  ដារ៉ា\x00\n\u200e ") == "សុី ដារ៉ា"
    assert clean("<script> 😀") == "<script> 😀"


def test_lines_stay_lines() -> None:
    assert clean_lines(" ក \r\n\r\n\n\n ខ\u200b ") == "ក\n\nខ"


@given(ANY)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@given(ANY)
def test_key_of_a_key_is_the_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(ANY)
def test_key_does_not_depend_on_cleaning_or_normalising(text: str) -> None:
    key = search_key(text)
    assert search_key(clean(text)) == key
    assert search_key(normalise(text)) == key


@given(KHMER, st.data())
def test_invisible_characters_do_not_change_the_key(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    mark = data.draw(st.sampled_from(INVISIBLE))
    assert search_key(text[:place] + mark + text[place:]) == search_key(text)


# Of each sign: what some write for it or leave out.
MIXED = {
    "\u17c9": "", "\u17ca": "\u17c9", "\u17cb": "", "\u17cd": "\u17cf", "\u17d0": "",
    "\u17d2\u178a": "\u17d2\u178f", "ឲ": "ឱ", "ឬ": "ឫ", "ី": "ិ", "ឺ": "ឹ",
    "ោ": "េា", "ើ": "េី", "៊ី": "ុី", "ា": "ា\u200b", "ំ": "ំំ",
}  # fmt: skip
NAMES = (
    "សុខ ស៊ុខា", "ស្រី ដារ៉ា", "ហេង វិចិត្រ", "ច័ន្ទ សុភា", "កែវ ពិសិដ្ឋ", "អ៊ុក រ៉ាវី", "ម៉ុក ធី", "ជា សុខា",
    "ឡុង ឫទ្ធី", "ស៊ឹម ណារី", "លី ម៉េងហ៊ាង", "នួន ណារ៉េត", "កើត បូណ្ដា", "ព្រាប ពុទ្ធិ៍", "ឱម សារឿន", "ឯម សារឿន",
)  # fmt: skip


@given(st.sampled_from(NAMES), st.lists(st.sampled_from(sorted(MIXED)), max_size=4))
def test_a_name_and_its_variants_have_one_key(name: str, signs: list[str]) -> None:
    variant = name
    for sign in signs:
        variant = variant.replace(sign, MIXED[sign])
    assert search_key(variant) == search_key(name)


def test_names_of_different_letters_have_different_keys() -> None:
    letters = [chr(code) for code in range(0x1780, 0x17A3)]
    for name in NAMES:
        others = {search_key(name[:at] + letter + name[at + 1 :]) for at in (0, -1) for letter in letters}
        assert len(others) >= len(letters)
    assert len({search_key(name) for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize(
    "text", ["្", "សុខ្", "សុខ្ ជា", "្ខ", "សុ្្ខ", "ា", "Aា", "១ា", " ំ", "(ា)", "e -\u0301", "សុ\u17d2\u200b"]
)
def test_a_sign_without_its_letter(text: str) -> None:
    assert has_stray_sign(text)


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_name_has_no_sign_without_a_letter(one: str, other: str) -> None:
    assert not has_stray_sign(f"{one} {other} ស្រី្ត {one}ៗ Nguyễn e\u0301")


@given(KHMER)
def test_subscript_da_and_ta_have_one_key(text: str) -> None:
    assert search_key(text.replace("\u17d2\u178a", "\u17d2\u178f")) == search_key(text)


@given(ANY)
def test_no_spaces_and_nothing_invisible_in_a_key(text: str) -> None:
    assert not set(search_key(text)) & set(INVISIBLE + " \t\n.,-")

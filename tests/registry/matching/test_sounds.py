"""One name, however it is written, has one sound; and which names stay apart."""

import pytest

from registry.matching.sounds import sound_of


@pytest.mark.parametrize(
    ("khmer", "latin"),
    [
        ("សុខា", "Sokha"),
        ("ស៊ុខា", "SOKHA"),
        ("សុវណ្ណ", "Sovann"),
        ("ចន្ទ្រា", "Chantrea"),
        ("សុភ័ក្រ", "Sopheak"),
        ("កុសល", "Kosal"),
        ("ពេជ្រ", "Pich"),
        ("កែវ", "Keo"),
        ("សំណាង", "Samnang"),
        ("តាំង", "Taing"),
        ("ស្រីលក្ខណ៍", "Sreyleak"),
        ("ហ្វា", "Fa"),
        ("យិន", "Yin"),
        ("ឫទ្ធី", "Rithy"),
        ("សីហា", "Seyha"),
    ],
)
def test_both_scripts_have_one_sound(khmer, latin):
    assert sound_of(khmer) == sound_of(latin)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sokha", "Soka"), ("Chhun", "Jun"), ("Phalla", "Falla"), ("Dara", "Tara"), ("Vy", "Wi")],
)
def test_spellings_that_are_mixed_have_one_sound(one, other):
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(("one", "other"), [("Sok", "Sokha"), ("Heng", "Eng"), ("Yim", "Im"), ("សុខ", "សុខា")])
def test_other_names_sound_otherwise(one, other):
    assert sound_of(one) != sound_of(other)


def test_what_has_no_letters_has_no_sound():
    assert sound_of("៣ ...") == ""

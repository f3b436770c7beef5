"""What could not be applied is shown with the labels of its form, in the reader's language."""

from urllib.parse import urlencode

import pytest
from django.utils import translation

from dsp_platform.offline.models import OfflineItem
from dsp_platform.offline.typed import typed_in_words

pytestmark = pytest.mark.django_db
HOUSEHOLD = {
    "read_out": "f3a9",
    "acting_text": "…",
    "permit": "7:abc",
    "kept_for": "a.b",
    "agree": "on",
    "operators": ["idpoor"],
    "village_code": "01020101",
    "m1-row": "f00d",
    "m1-base": "beef",
    "m1-family_name": "ចាន់",
    "m1-given_name": "សុខា",
    "m1-sex": "female",
    "m1-document_type": "identity_card",
    "m1-document_number": "010203045",
    "m1-seeing": "2",
    "m2-row": "cafe",
    "m2-family_name": "ចាន់",
    "m2-given_name": "ដារ៉ា",
    "m2-relationship": "child",
    "m2-born": "2015",
    "difficulty": ["f00d"],
    "pregnant": ["nobody"],
    "studying": ["f00d", "cafe"],
}


def shown(path: str, typed: dict, language: str = "en") -> dict[str, dict[str, str]]:
    with translation.override(language):
        item = OfflineItem(page=f"/{language}/{path}", typed=urlencode(typed, doseq=True))
        return {part.about: {row.label: row.words for row in part.rows} for part in typed_in_words(item)}


def test_a_household_is_shown_by_person(areas, consent_agreements):
    told = shown("offline/household/send/", HOUSEHOLD)
    assert told["ចាន់ សុខា"] == {
        "Surname": "ចាន់",
        "Given name": "សុខា",
        "Sex": "Female",
        "Document": "Khmer identity card",
        "Number of the document": "010203045",
        "Does this person have difficulty seeing, even if wearing glasses?": "Yes - some difficulty",
    }
    assert told["ចាន់ ដារ៉ា"]["Date of birth"] == "2015"
    assert told["Health and daily life"]["Who is pregnant now?"] == "Nobody"
    assert told["Health and daily life"]["Who goes to school or studies?"] == "ចាន់ សុខា, ចាន់ ដារ៉ា"


def test_nothing_that_only_machines_read_is_shown(areas, consent_agreements):
    words = str(shown("offline/household/send/", HOUSEHOLD))
    for hidden in ("f3a9", "f00d", "cafe", "beef", "7:abc", "a.b", "female", "01020101", "idpoor"):
        assert hidden not in words


def test_it_is_in_the_language_of_who_reads_it(areas):
    typed = {"sex": "female", "asked_with": "f3a9"}
    assert shown("register/member/1/sex/", typed, "km") == {"តើបុគ្គលនេះភេទអ្វី?": {"ភេទ": "ស្រី"}}


@pytest.mark.parametrize(
    ("path", "typed", "rows"),
    [
        (
            "my/changes/birth/birth/",
            {"born_day": "27", "born_month": "3", "born_year": "1985"},
            {"Date of birth": "27 / 3 / 1985"},
        ),
        (
            "my/changes/birth/relationships/",
            {"123456789012": "child"},
            {"SPID 123456789012": "Son or daughter"},
        ),
        ("applications/A-1/", {"answer": "សៀវភៅគ្រួសារ", "version": "3"}, {"Your answer": "សៀវភៅគ្រួសារ"}),
        ("grievances/report/what/", {"text": "ទឹក"}, {"What happened?": "ទឹក"}),
        (
            "counter/visits/7/",
            {"outcome": "nobody", "note": "ទ្វារ"},
            {"What became of the visit": "nobody at home", "Note": "ទ្វារ"},
        ),
    ],
)
def test_a_change_an_application_a_grievance_and_a_visit_have_their_labels(path, typed, rows):
    assert list(shown(path, typed).values()) == [rows]


def test_a_page_that_is_no_more_has_the_labels_of_a_form_that_asks_the_same(areas, consent_agreements):
    told = shown("counter/old-visits/7/", {"outcome": "nobody", "note": "ទ្វារ", "version": "3"})
    assert told == {"": {"What became of the visit": "nobody at home", "Note": "ទ្វារ"}}
    assert shown("old-roster/", HOUSEHOLD)["ចាន់ ដារ៉ា"]["Date of birth"] == "2015"
    assert shown("old/", {"acting_text": "x", "kept_for": "a.b"}) == {}

"""The letter that answers an appeal."""

import pytest

from tests.applications.helpers import sign_in
from tests.grievances.test_appeals import answer, appeal
from tests.grievances.test_appeals import application as application
from tests.grievances.test_appeals import programme as programme
from tests.grievances.test_appeals import refused as refused
from tests.grievances.test_pages import follow, url


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", {"uphold": "The decision stands", "overturn": "Your appeal succeeded"}),
     ("km", {"uphold": "សេចក្ដីសម្រេច", "overturn": "បានជោគជ័យ"})],
)  # fmt: skip
@pytest.mark.parametrize("step", ["uphold", "overturn"])
def test_with_reasons_in_both_languages(refused, sokha, second_nssf_reviewer, step, language, words):
    made = answer(appeal(refused, sokha), second_nssf_reviewer, step)
    browser = sign_in(sokha)
    address = url("letter", made.reference, language=language)
    assert address in browser.get(url("grievance", made.reference, language=language)).content.decode()
    page = browser.get(address).content.decode()
    assert words[step] in page
    assert "យើងបានពិនិត្យ" in page
    assert str(second_nssf_reviewer) not in page


def test_with_the_pin_too(refused, sokha, second_nssf_reviewer, client):
    made = answer(appeal(refused, sokha), second_nssf_reviewer)
    follow(client, made)
    assert "យើងបានពិនិត្យ" in client.get(url("letter", made.reference)).content.decode()


def test_by_the_secretariat(refused, sokha, steward):
    made = answer(appeal(refused, sokha), steward)
    page = sign_in(sokha).get(url("letter", made.reference)).content.decode()
    assert "General Secretariat of the National Social Protection Council" in page


def test_none_before_the_answer_nor_of_a_report_nor_for_others(refused, sokha, tell, steward, client):
    made, report = appeal(refused, sokha), tell(actor=sokha)
    for found in (made, report):
        assert sign_in(sokha).get(url("letter", found.reference)).url == url("grievance", found.reference)
    assert client.get(url("letter", made.reference)).url == url("follow")

"""The question whether something rare is right, alone."""

import pytest
from django.utils import translation

from dsp_platform.wizard.confirmation import ConfirmationForm

FACTS = [{"rule": "age", "number": [110, 110]}]


def form(facts=FACTS, **posted) -> ConfirmationForm:
    return ConfirmationForm(posted or None, statements=["110 years"], facts=facts)


def test_yes_confirms_the_facts_that_were_shown():
    answered = form(right="yes", shown=form().digest)
    assert answered.is_valid()
    assert answered.answers == {"right": "yes", "confirmed": FACTS}


@pytest.mark.parametrize("shown", [{}, {"shown": ""}, {"shown": form([{"rule": "age"}]).digest}])
def test_yes_to_other_facts_confirms_nothing(shown):
    answered = form(right="yes", **shown)
    with translation.override("en"):
        assert not answered.is_valid()
        assert "have changed" in str(answered.errors["right"])


def test_no_confirms_nothing_and_needs_no_digest():
    answered = form(right="no")
    assert answered.is_valid()
    assert answered.answers == {"right": "no", "confirmed": []}

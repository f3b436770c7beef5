"""An application stays with the version of the rule that judged it, and with the amounts of its decision."""

import pytest
from django.utils import translation

from applications import services
from applications.letter import letter_of
from applications.templatetags.applications_tags import judged_by
from registry.models import Benefit, Programme
from tests.applications.helpers import sign_in
from tests.roles import as_owner


@pytest.fixture
def amount(programme):
    with as_owner():
        return Benefit.objects.create(
            programme=programme, kind="gives", label_km="សាច់ប្រាក់", label_en="Cash", amount=40_000,
            valid_from="2024-01-01",
        )  # fmt: skip


@pytest.fixture
def approved(amount, application, nssf_reviewer):
    return services.decide(
        application=application, decision="approve", actor=nssf_reviewer, expected_version=1
    )


@as_owner()
def change(programme, amount):
    """As two stewards may, on a later day."""
    Programme.objects.filter(pk=programme.pk).update(rule="age >= 71", rule_version=4)
    Benefit.objects.filter(pk=amount.pk).update(amount=90_000)


def test_what_was_decided_stays_with_its_amounts(approved, programme, amount):
    change(programme, amount)
    approved.refresh_from_db()
    assert [one.amount for one in letter_of(approved).benefits] == [40_000]
    assert [one.amount for one in judged_by(approved)["amounts"]] == [40_000]


def test_before_a_decision_the_amounts_are_those_of_today(application, programme, amount):
    change(programme, amount)
    assert [one.amount for one in judged_by(application, "today")["amounts"]] == [90_000]


def test_across_a_change_it_says_by_which_version_it_is_judged(application, programme, amount):
    assert judged_by(application)["judged"].later is None
    change(programme, amount)
    judged = judged_by(application)["judged"]
    assert (judged.rule, judged.later) == ("age >= 18", 4)
    assert judged.since < judged.later_since


@pytest.mark.parametrize(
    "page", ["applications/{0}/", "applications/{0}/letter/", "applications/{0}/appeal/"]
)
def test_every_page_of_the_applicant_names_the_version(approved, programme, amount, sokha, page):
    change(programme, amount)
    with translation.override("en"):
        html = sign_in(sokha).get(f"/en/{page.format(approved.reference)}", follow=True).content.decode()
    assert "version 3 of the programme" in html
    assert "a new version of the rule holds (version 4)" in html
    assert "90,000" not in html


def test_the_reviewer_reads_the_version_and_the_amounts(application, amount, programme, nssf_reviewer):
    change(programme, amount)
    address = f"/en/admin/applications/application/{application.pk}/change/"
    html = sign_in(nssf_reviewer).get(address, follow=True).content.decode()
    assert "version 3 of the programme" in html
    assert "90,000" in html


@pytest.mark.parametrize("language", ["km", "en"])
def test_whoever_is_refused_reads_no_amounts(application, nssf_reviewer, amount, sokha, language):
    refused = services.decide(
        application=application, decision="refuse", reason="documents", note="ខ្វះ", actor=nssf_reviewer,
        expected_version=1,
    )  # fmt: skip
    assert judged_by(refused)["amounts"] == []
    page = sign_in(sokha).get(f"/{language}/applications/{refused.reference}/").content.decode()
    assert "40,000" not in page

"""The second steward approves exactly what is displayed of an agreement: no text can hide."""

import re

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.agreements import approvals
from dsp_platform.exchange.models import Agreement
from dsp_platform.templatetags.site_tags import signs
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.exchange.conftest import agree
from tests.registry.cast import child_details, household_details, person_details
from tests.structure.conftest import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_steward")]

MAPPING = {
    "table": "person", "key": {"column": "spid", "field": "spid"},
    "columns": {"spid": "number"}, "version": "version", "withdrawn": "deleted",
}  # fmt: skip
NARROW = 'sex == "male" && age > 18'


@pytest.fixture(params=["km", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@built_once
def family(areas, sokha):
    return register_household(
        actor=sokha,
        details=household_details(
            person_details(),
            person_details(given_name="វណ្ណា", sex="male", relationship="spouse"),
            child_details(),
        ),
    )


def agreed(operator, number, rule, **more) -> Agreement:
    terms = {"kind": "person", "fields": ["spid"], "mapping": MAPPING, "concerns": "rule", "basis": "consent"}
    return agree(operator, number=number, rule=rule, **{**terms, **more})


@pytest.fixture
def proposal(operators, steward):
    def propose(rule: str, **more) -> Proposal:
        agreed(operators["nssf"], 1, NARROW)
        draft = agreed(operators["nssf"], 2, rule, state="draft", drafted_by=steward, **more)
        return approvals.propose_begin(
            agreement=draft, actor=steward, read=approvals.text_read(draft, "begin")
        )

    return propose


def shown(client, language, proposal) -> dict[str, list[str]]:
    page = client.get(reverse("admin:approval_proposal_change", args=[proposal.pk])).content.decode()
    table = page.partition('class="difference"')[2].partition("</table>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("</tr>")]
    plain = [[re.sub(r"<[^>]+>", "", cell) for cell in row] for row in rows if len(row) == 3]
    return {label: cells for label, *cells in plain}


def test_the_rule_is_read_in_words_and_by_whom_it_adds(
    proposal, second_steward, family, language, monkeypatch
):
    monkeypatch.setattr("dsp_platform.web.small_counts.FEWEST", 0)
    lines = shown(browser(second_steward), language, proposal(f"{NARROW}\n|| true"))
    before, after = lines[_("Rule, in words")]
    assert _("everybody") in after
    assert _("everybody") not in before
    assert "\n|| true" in lines[_("Rule, as it is written")][1]
    (_none, who) = lines[_("Who gains and who loses by the rule")]
    sentence = _("Of those who are registered %(gained)s gain and %(lost)s lose by it.")
    assert who == sentence % {"gained": 2, "lost": 0}


def test_a_small_number_is_not_told(proposal, second_steward, family, language):
    lines = shown(browser(second_steward), language, proposal("true"))
    few = _("fewer than %(number)s") % {"number": 10}
    assert lines[_("Who gains and who loses by the rule")][1].count(few) == 2


def test_of_a_rule_that_stays_nothing_is_counted(proposal, second_steward, language):
    lines = shown(browser(second_steward), language, proposal(NARROW, purpose_en="Other"))
    assert _("Who gains and who loses by the rule") not in lines


def test_where_no_rule_counted_before_it_is_said_whom_the_new_one_meets(
    operators, steward, second_steward, language
):
    agreed(operators["nssf"], 1, "true", concerns="applicants")
    draft = agreed(operators["nssf"], 2, NARROW, state="draft", drafted_by=steward)
    lines = approvals.text_in_words(draft)
    sentence = _("%(number)s of those who are registered meet it surely.")
    few = _("fewer than %(number)s") % {"number": 10}
    assert lines[_("Who gains and who loses by the rule")] == sentence % {"number": few}


def test_of_a_household_its_head_is_counted(operators, steward, family, language, monkeypatch):
    monkeypatch.setattr("dsp_platform.web.small_counts.FEWEST", 0)
    terms = {"kind": "household", "fields": ["household_number"]}
    agreed(operators["nssf"], 1, NARROW, **terms)
    draft = agreed(operators["nssf"], 2, "true", state="draft", drafted_by=steward, **terms)
    sentence = _("Of those who are registered %(gained)s gain and %(lost)s lose by it.")
    lines = approvals.text_in_words(draft)
    assert lines[_("Who gains and who loses by the rule")] == sentence % {"gained": 1, "lost": 0}


def test_a_rule_with_a_comment_is_not_proposed(operators, steward, language):
    draft = agreed(operators["nssf"], 1, "true // few\n|| true", state="draft", drafted_by=steward)
    page = reverse("admin:exchange_agreement_begin", args=[draft.pk])
    answer = browser(steward).post(page, {"read": approvals.text_read(draft, "begin"), "yes": "yes"})
    assert _("A rule has no comments.") in answer.content.decode()
    assert not Proposal.objects.exists()


def test_whoever_reads_the_counts_before_proposing_is_noted(operators, steward, language):
    draft = agreed(operators["nssf"], 1, NARROW, state="draft", drafted_by=steward)
    browser(steward).get(reverse("admin:exchange_agreement_begin", args=[draft.pk]))
    event = AuditEvent.objects.get(action="preview")
    assert (event.subject_id, event.details["facts"]) == (draft.pk, ["age", "sex"])


def test_what_hides_in_a_text_of_before_is_marked(proposal, second_steward, language):
    """Also where it was stored before texts were cleaned."""
    lines = shown(browser(second_steward), language, proposal("true", purpose_en="a\u202eb\u200b\nc"))
    assert "aU+202EbU+200B\nc" in {cells[1] for cells in lines.values()}


@pytest.mark.parametrize(
    "sign", ["\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u17b4", "\u2028", "\u00a0", "\0"]
)
def test_a_mark_is_seen_and_html_is_not(sign):
    shown = signs(f"<b>{sign}")
    assert f"&lt;b&gt;<mark>U+{ord(sign):04X}</mark>" in shown
    assert sign not in shown

"""A catalogue editor drafts programmes and questions of the own operator; two stewards publish them."""

import re

import pytest
from django.core.exceptions import PermissionDenied

from dsp_platform.accounts.models import Duty
from dsp_platform.approval.models import Proposal
from registry.models import Programme, ProgrammeQuestion
from registry.programmes.catalogue import save_programme
from registry.programmes.questions.services import propose_questions
from tests.applications.conftest import programme as programme
from tests.applications.helpers import sign_in
from tests.casework.kinds import address
from tests.duties import of_duty
from tests.registry.programmes.questions.cast import write
from tests.registry.programmes.questions.test_admin import HOUSE, send

pytestmark = pytest.mark.django_db
SEEN = re.compile(r'name="_seen" value="([^"]+)"')
NO_ROWS = {
    f"{name}-{part}": "0"
    for name in ("benefits", "programmesituation_set")
    for part in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.fixture
def editor(operators):
    return of_duty(Duty.CATALOGUE)


@pytest.fixture
def draft(operators):
    return Programme.objects.create(
        code="new-help", operator=operators["nssf"], name_km="ជំនួយថ្មី", name_en="New help", state="draft"
    )


def page(name: str, *arguments: object) -> str:
    return address(f"admin:registry_{name}", *arguments, language="en")


def typed(**values):
    texts = {f"{text}_{language}": "x" for text in ("name", "summary") for language in ("km", "en")}
    return {**texts, "second_review_share": "0", **NO_ROWS, **values}


def test_a_new_one_is_a_draft_of_the_own_operator(editor, operators):
    answer = sign_in(editor).post(
        page("programme_add"),
        typed(code="help", operator="family_package", state="open", rule="age > 1", appeal_days="30"),
    )
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    made = Programme.objects.get(code="help")
    assert (made.operator_id, made.state, made.rule) == ("nssf", Programme.State.DRAFT, "")
    assert not Proposal.objects.exists()


def test_the_words_of_a_draft_and_neither_rule_nor_state(editor, draft):
    browser = sign_in(editor)
    shown = browser.get(page("programme_change", draft.pk))
    fields = shown.context["adminform"].form.fields
    assert not {"rule", "state", "operator", "position"} & set(fields)
    browser.post(
        page("programme_change", draft.pk),
        typed(
            name_en="Better help",
            state="open",
            appeal_days="30",
            _seen=SEEN.search(shown.content.decode())[1],
        ),
    )
    draft.refresh_from_db()
    assert (draft.name_en, draft.state) == ("Better help", Programme.State.DRAFT)


def test_what_is_published_is_read_and_not_changed(editor, programme):
    browser = sign_in(editor)
    address_of_it = page("programme_change", programme.pk)
    assert browser.get(address_of_it).context["has_change_permission"] is False
    assert browser.post(address_of_it, typed(name_en="Other")).status_code == 403
    programme.name_en = "Other"
    with pytest.raises(PermissionDenied):
        save_programme(programme=programme, changed=["name_en"], actor=editor)


def test_of_another_operator_there_is_nothing(editor, family_package):
    browser = sign_in(editor)
    assert family_package.code not in browser.get(page("programme_changelist")).content.decode()
    assert browser.get(page("programmequestion_of", family_package.pk)).status_code == 404
    with pytest.raises(PermissionDenied):
        write(family_package, editor)


def test_questions_are_drafted_and_proposed_by_a_steward_only(editor, programme):
    browser = sign_in(editor)
    of_it = page("programmequestion_of", programme.pk)
    send(browser, page("programmequestion_new", programme.pk), **HOUSE)
    assert ProgrammeQuestion.objects.get().programme == programme
    assert "Propose to publish" not in browser.get(of_it).content.decode()
    send(browser, of_it, propose="1", reason="law")
    with pytest.raises(PermissionDenied):
        propose_questions(programme=programme, actor=editor)
    assert not Proposal.objects.exists()


def test_the_bank_is_for_stewards(editor, programme, steward):
    write(None, steward)
    browser = sign_in(editor)
    assert browser.get(page("programmequestion_bank_new")).status_code == 403
    assert browser.get(page("programmequestion_edit", ProgrammeQuestion.objects.get().pk)).status_code == 403
    browser.post(page("programmequestion_changelist"), {"remove": ProgrammeQuestion.objects.get().pk})
    assert ProgrammeQuestion.objects.exists()
    with pytest.raises(PermissionDenied):
        write(None, editor)


@pytest.mark.parametrize("duty", [Duty.REVIEWER, Duty.SUPERVISOR, Duty.READ_ONLY])
def test_no_other_duty_drafts(duty, programme):
    browser = sign_in(of_duty(duty))
    for name in ("programme_changelist", "programmequestion_changelist"):
        assert browser.get(page(name)).status_code == 403
    with pytest.raises(PermissionDenied):
        write(programme, of_duty(duty, username="other"))

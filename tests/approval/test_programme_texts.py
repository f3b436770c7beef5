"""The published texts of a programme are changed by two stewards, from the day of publication."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, models, transaction
from django.urls import reverse
from django.utils import timezone

from dsp_platform.approval import contract
from dsp_platform.approval.errors import DependentProposal, ProposalOutdated
from dsp_platform.approval.models import Proposal
from registry.models import Programme
from registry.models.programme import PAGE_FIELDS, TEXTS
from registry.programmes.catalogue import save_programme
from registry.programmes.changes import propose_programme_change
from registry.programmes.selectors import programme as public_programme
from registry.programmes.selectors import programmes
from tests.approval.test_only_what_was_approved import approve_only, passes, refused
from tests.approval.test_services import amount, approve, language, programme
from tests.approval.test_validity import on_its_day
from tests.roles import as_owner
from tests.seen import seen
from tests.structure.conftest import browser

__all__ = ["language", "programme"]

pytestmark = pytest.mark.django_db
# The order in lists, and columns that modeltranslation keeps for no language: nobody reads them.
FREE = {"position", *TEXTS}
SETS = ("benefits", "programmesituation_set")


@pytest.fixture
def draft(operators):
    return Programme.objects.create(
        code="new", operator=operators["idpoor"], name_km="ថ្មី", name_en="New", summary_km="ថ្មី",
        state="draft", contact_en="012", position=1,
    )  # fmt: skip


def other_than(row: Programme, field: models.Field) -> object:
    now = getattr(row, field.attname)
    if isinstance(field, models.BooleanField):
        return not now
    if isinstance(field, models.DateField):
        return date(2027, 1, 1)
    if isinstance(field, models.IntegerField):
        return (now or 0) + 7
    return {"state": "paused", "operator": "nssf", "payer": "nssf"}.get(field.name, "else")


def page(row: Programme) -> str:
    return reverse("admin:registry_programme_change", args=[row.pk])


def post(steward, row: Programme, **typed: str):
    """The form as loaded, with these edits."""
    client = browser(steward)
    form = client.get(page(row)).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    values = {name: "on" if value is True else value for name, value in shown.items() if value or value == 0}
    sets = {f"{of}-{part}": "0" for of in SETS for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return client.post(page(row), {**values, "_seen": seen(row), **sets, **typed})


def columns() -> list[str]:
    return [field.name for field in Programme._meta.concrete_fields]


@pytest.mark.parametrize("name", columns())
def test_one_person_changes_no_column_that_anybody_reads(programme, operators, name):
    """For every column, so that a new one is refused too, or is listed among the few exceptions."""
    field = Programme._meta.get_field(name)
    change = Programme._base_manager.filter(pk=programme.pk)
    if name in FREE:
        return
    with pytest.raises(DatabaseError), transaction.atomic():
        change.update(**{name: other_than(programme, field)})


def test_a_text_waits_for_the_second_steward(programme, steward, second_steward, language):
    assert post(steward, programme, contact_en="011 222 333", reason="moved").status_code == 302
    programme.refresh_from_db()
    assert not programme.contact_en
    proposal = Proposal.objects.get()
    shown = browser(second_steward).get(reverse("admin:approval_proposal_change", args=[proposal.pk]))
    assert "011 222 333" in shown.content.decode()
    approve(proposal, second_steward)
    programme.refresh_from_db()
    assert programme.contact_en == "011 222 333"


def test_each_text_and_date_becomes_what_was_read(programme, steward, second_steward):
    wanted = {name: other_than(programme, Programme._meta.get_field(name)) for name in PAGE_FIELDS}
    approve(propose_programme_change(programme=programme, actor=steward, **wanted), second_steward)
    programme.refresh_from_db()
    assert {name: getattr(programme, name) for name in PAGE_FIELDS} == wanted


def test_a_draft_is_on_no_page(draft, client, settings):
    settings.PUBLIC_PAGE_SECONDS = 0
    assert draft not in programmes()
    assert public_programme("new") is None
    assert client.get("/en/programmes/new/").status_code == 404


def test_the_words_of_a_draft_are_one_stewards(draft, steward, second_steward, language):
    assert post(steward, draft, contact_en="013").status_code == 302
    draft.refresh_from_db()
    assert draft.contact_en == "013"
    assert not Proposal.objects.exists()


def test_who_publishes_it_reads_all_that_it_says(draft, steward, second_steward, language):
    proposal = propose_programme_change(programme=draft, state="open", actor=steward)
    shown = browser(second_steward).get(reverse("admin:approval_proposal_change", args=[proposal.pk]))
    assert "New" in shown.content.decode()
    assert "012" in shown.content.decode()
    approve(proposal, second_steward)
    draft.refresh_from_db()
    assert draft.state == "open"


def test_who_publishes_it_is_shown_each_part_of_it(draft, steward, second_steward, language):
    Programme.objects.filter(pk=draft.pk).update(
        **{name: other_than(draft, Programme._meta.get_field(name)) for name in PAGE_FIELDS}, appeal_days=0
    )
    proposal = propose_programme_change(
        programme=draft, state="closed", rule="age >= 60", benefits=[amount()], actor=steward
    )
    shown = contract.kind_of(proposal).difference(proposal)
    after = [line.after for line in shown]
    assert {"0", "age >= 60", "else", "7"} <= set(after)
    assert after.count("else") == len(PAGE_FIELDS) - 3  # each text in each language
    # State, payer, applications, rule twice, days to appeal, share and amount of second reviews, amount.
    assert len(shown) == len(PAGE_FIELDS) + 9


DAY = {"km": "ចាប់ពីថ្ងៃ", "en": "From "}


def consequences_of(proposal: Proposal) -> list[str]:
    return [str(sentence) for sentence in contract.kind_of(proposal).consequences(proposal)]


def test_nobody_is_judged_by_what_changes_in_a_draft(draft, steward, second_steward, language):
    proposal = propose_programme_change(
        programme=draft, rule="age >= 60", benefits=[amount()], appeal_days=5, takes_applications=False,
        actor=steward, **{name: other_than(draft, Programme._meta.get_field(name)) for name in PAGE_FIELDS},
    )  # fmt: skip
    consequences = consequences_of(proposal)
    assert not any(sentence.startswith(DAY[language]) for sentence in consequences)
    assert {"km": "សេចក្តីព្រាង", "en": "a draft"}[language] in consequences[0]
    assert len(consequences) == 2  # that it stays a draft, and how many meet the rule


@pytest.mark.parametrize("rule", ["", "age >= 60"])
def test_from_its_day_everybody_is_judged_by_what_is_published(
    draft, steward, second_steward, language, rule
):
    """Also by a rule that the draft had before."""
    with as_owner():
        Programme._base_manager.filter(pk=draft.pk).update(rule=rule)
    consequences = consequences_of(propose_programme_change(programme=draft, state="open", actor=steward))
    judged = {"km": "វាយតម្លៃតាមវិធាន", "en": "judged by its rule"}[language]
    assert any(judged in sentence for sentence in consequences) == bool(rule)
    case_by_case = {"km": "ករណី", "en": "case by case"}[language]
    assert any(case_by_case in sentence for sentence in consequences) == (not rule)


def test_what_is_published_empty_is_listed_and_warned_of(draft, steward, second_steward, language):
    proposal = propose_programme_change(programme=draft, state="open", actor=steward)
    shown = contract.kind_of(proposal).difference(proposal)
    assert len([line for line in shown if not line.after]) == len(PAGE_FIELDS) - 4 + 1  # and no amount
    warning = next(
        one for one in consequences_of(proposal) if {"km": "នៅទទេ", "en": "Still empty"}[language] in one
    )
    for label in {
        "km": ("សម្រាប់អ្នកណា", "ឯកសារ", "រយៈពេល"),
        "en": (
            "For whom",
            "What it gives",
            "Documents to bring",
            "How long it takes",
            "In one sentence (English)",
        ),
    }[language]:
        assert label in warning
    page = browser(second_steward).get(reverse("admin:approval_proposal_change", args=[proposal.pk]))
    assert "<td>–</td>" in page.content.decode()


def test_of_what_is_whole_nobody_is_warned(draft, steward, second_steward, language):
    texts = {name: "else" for name in PAGE_FIELDS if name[-3:] in ("_km", "_en")}
    empty = {"gives_km", "gives_en", "how_long_km", "how_long_en", "state_note_km", "source_en"}
    Programme._base_manager.filter(pk=draft.pk).update(
        **{name: "" if name in empty else text for name, text in texts.items()}, expected_days=9
    )
    proposal = propose_programme_change(programme=draft, state="open", benefits=[amount()], actor=steward)
    assert not any({"km": "នៅទទេ", "en": "Still empty"}[language] in one for one in consequences_of(proposal))


def test_a_rule_of_a_draft_holds_though_its_words_were_mended(draft, steward, second_steward):
    proposal = propose_programme_change(programme=draft, rule="age >= 60", actor=steward)
    rows = Programme._base_manager.filter(pk=draft.pk)
    rows.update(contact_en="099")
    approve_only(proposal, second_steward)
    passes(proposal, lambda: rows.update(rule="age >= 60", rule_version=2))


def test_a_draft_is_not_published_with_words_that_were_changed_since(draft, steward, second_steward):
    proposal = propose_programme_change(programme=draft, state="open", actor=steward)
    Programme._base_manager.filter(pk=draft.pk).update(contact_en="099")
    with pytest.raises(ProposalOutdated):
        approve(proposal, second_steward)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_what_two_publish_on_a_later_day_is_not_rewritten_by_one(
    draft, steward, second_steward, time_machine
):
    tomorrow = timezone.localdate() + timedelta(days=1)
    proposal = propose_programme_change(programme=draft, state="open", actor=steward, effective_from=tomorrow)
    approve(proposal, second_steward)
    draft.refresh_from_db()
    draft.contact_en = "099"
    with pytest.raises(DependentProposal):
        save_programme(programme=draft, changed=["contact_en"], actor=steward)
    Programme._base_manager.filter(pk=draft.pk).update(contact_en="099")
    on_its_day(time_machine)
    assert Programme.objects.get(pk=draft.pk).state == "draft"


def test_what_was_published_while_one_typed_is_not_rewritten_by_one(draft, steward, second_steward):
    page = Programme.objects.get(pk=draft.pk)
    approve(propose_programme_change(programme=draft, state="open", actor=steward), second_steward)
    page.contact_en = "099"
    with pytest.raises(ProposalOutdated):
        save_programme(programme=page, changed=["contact_en"], actor=steward)
    page.position = 7
    save_programme(programme=page, changed=["position"], actor=steward)
    assert Programme.objects.get(pk=draft.pk).position == 7


@pytest.mark.parametrize(
    "since", [{"contact_en": "099"}, {"second_review_share": 7}, {"second_review_above": 7}]
)
def test_the_database_publishes_no_draft_but_as_it_was_read(draft, steward, second_steward, since):
    proposal = propose_programme_change(programme=draft, state="open", actor=steward)
    Programme._base_manager.filter(pk=draft.pk).update(**since)
    approve_only(proposal, second_steward)
    refused(proposal, lambda: Programme._base_manager.filter(pk=draft.pk).update(state="open"))


def test_what_was_published_is_no_draft_any_more(programme, steward, second_steward, language):
    answer = post(steward, programme, state="draft", reason="x")
    assert answer.status_code == 200
    assert "state" in answer.context["adminform"].form.errors
    proposal = propose_programme_change(programme=programme, state="draft", actor=steward)
    with pytest.raises(DatabaseError), transaction.atomic():
        approve(proposal, second_steward)

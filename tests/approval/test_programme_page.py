"""The admin page of a programme: texts are saved at once, rule and amounts need approval."""

import pytest
from django.utils import translation
from django.utils.translation import gettext as _

from dsp_platform.approval import contract
from dsp_platform.approval.models import Proposal
from dsp_platform.audit.models import AuditEvent
from registry.models import Programme
from registry.programmes.forms import NO_REASON
from tests.approval.cast import approve_waiting
from tests.registry.conftest import family_package as family_package
from tests.registry.programmes.test_admin import programme_form, sign_in, url
from tests.roles import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_steward")]


NO_AMOUNT = {"benefits-TOTAL_FORMS": "0"}


@pytest.fixture
def admin_client(steward):
    return sign_in(steward)


def post(admin_client, programme, **changes):
    return admin_client.post(url("programme_change", programme.pk), programme_form(programme, **changes))


def test_one_steward_changes_neither_texts_nor_rule_nor_amounts(admin_client, family_package, second_steward):
    before = family_package.rule
    assert post(admin_client, family_package, rule="true", summary_en="New words").status_code == 302
    family_package.refresh_from_db()
    assert (family_package.rule, family_package.rule_version) == (before, 1)
    assert not family_package.summary_en
    assert not family_package.benefits.exists()
    approve_waiting(second_steward)
    family_package.refresh_from_db()
    assert family_package.summary_en == "New words"
    assert (family_package.rule, family_package.rule_version) == ("true", 2)
    assert family_package.benefits.get().amount == 34_000


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_says_that_it_waits_and_what_holds_until_then(admin_client, family_package, language):
    post(admin_client, family_package, rule="true")
    page = admin_client.get(url("programme_change", family_package.pk).replace("/en/", f"/{language}/"))
    assert f"/{language}/admin/approval/proposal/{Proposal.objects.get().pk}/change/" in page.content.decode()


def test_what_is_typed_while_one_waits_is_kept_and_refused(admin_client, family_package):
    post(admin_client, family_package, rule="true")
    for typed in ({"rule": "age >= 65"}, {"benefits-0-amount": "77123"}):
        answer = post(admin_client, family_package, **typed)
        assert answer.status_code == 200
        assert next(iter(typed.values())).replace(">", "&gt;") in answer.content.decode()
    assert Proposal.objects.count() == 1


def test_the_order_is_saved_while_one_waits(admin_client, family_package):
    post(admin_client, family_package, rule="true")
    none = {"benefits-TOTAL_FORMS": "0"}
    assert post(admin_client, family_package, position="9", **none).status_code == 302
    family_package.refresh_from_db()
    assert family_package.position == 9


def test_a_page_from_before_a_change_proposes_nothing(admin_client, family_package):
    """Also where the field that changed meanwhile is not in the form."""
    for change in ({"rule_version": 7}, {"code": "renamed"}, {"state": "closed"}):
        old = programme_form(family_package, rule="true")
        with as_owner():
            Programme.objects.filter(pk=family_package.pk).update(**change)
        answer = admin_client.post(url("programme_change", family_package.pk), old)
        assert answer.status_code == 200
        assert not Proposal.objects.exists()
        family_package.refresh_from_db()


def test_nobody_opens_or_closes_a_programme_alone(admin_client, family_package, second_steward):
    before = family_package.state
    assert post(admin_client, family_package, state="closed").status_code == 302
    family_package.refresh_from_db()
    assert family_package.state == before
    approve_waiting(second_steward)
    family_package.refresh_from_db()
    assert family_package.state == "closed"


@pytest.mark.parametrize("language", ["km", "en"])
def test_one_steward_alone_does_not_shorten_the_time_to_appeal(
    admin_client, family_package, second_steward, language
):
    typed = {"appeal_days": "0", "state": family_package.state, **NO_AMOUNT}
    assert post(admin_client, family_package, **typed).status_code == 302
    family_package.refresh_from_db()
    assert family_package.appeal_days is None
    proposal = Proposal.objects.get()
    with translation.override(language):
        (line,) = contract.kind_of(proposal).difference(proposal)
        assert line == (_("Days to appeal"), _("no last day"), "0")
        assert contract.kind_of(proposal).consequences(proposal)
    approve_waiting(second_steward)
    family_package.refresh_from_db()
    assert family_package.appeal_days == 0


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("reason", ["", " \u200b "])
@pytest.mark.parametrize(
    "change",
    [
        {"rule": "true", **NO_AMOUNT},
        {"state": "closed", **NO_AMOUNT},
        {"takes_applications": "", **NO_AMOUNT},
        {"appeal_days": "5", **NO_AMOUNT},
        {"contact_en": "011 222 333", **NO_AMOUNT},
        {"closes_on": "2027-01-01", **NO_AMOUNT},
        {"benefits-0-amount": "1"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whoever_proposes_says_why(admin_client, family_package, reason, change, language):
    typed = programme_form(family_package, **{"state": family_package.state, "reason": reason, **change})
    address = url("programme_change", family_package.pk).replace("/en/", f"/{language}/")
    answer = admin_client.post(address, typed)
    assert answer.status_code == 200
    with translation.override(language):
        assert str(NO_REASON) in answer.content.decode()
    assert not Proposal.objects.exists()


def test_what_one_may_change_alone_needs_no_reason(admin_client, family_package):
    typed = {"state": family_package.state, "reason": "", "position": "9", **NO_AMOUNT}
    assert post(admin_client, family_package, **typed).status_code == 302
    assert not Proposal.objects.exists()


def test_a_day_from_which_it_holds(admin_client, family_package, second_steward):
    post(admin_client, family_package, rule="true", holds_from="០១/០១/២០៩៩")
    assert approve_waiting(second_steward).state == "approved"
    family_package.refresh_from_db()
    assert family_package.rule_version == 1


def test_a_new_programme_has_no_rule_before_two_gave_it(admin_client, family_package, second_steward):
    typed = programme_form(family_package, code="new-one", rule="age >= 60")
    assert admin_client.post(url("programme_add"), typed).status_code == 302
    programme = Programme.objects.get(code="new-one")
    assert (programme.rule, programme.benefits.count()) == ("", 0)
    approve_waiting(second_steward)
    programme.refresh_from_db()
    assert (programme.rule, programme.benefits.count()) == ("age >= 60", 1)


@pytest.mark.parametrize("language", ["km", "en"])
def test_what_waits_is_shown_with_its_reason_and_not_called_changed(
    admin_client, family_package, second_steward, language
):
    address = url("programme_change", family_package.pk).replace("/en/", f"/{language}/")
    typed = programme_form(family_package, rule="true", reason="Decree 7")
    answer = admin_client.post(address, typed, follow=True)
    proposal = Proposal.objects.get()
    assert proposal.reason == "Decree 7"
    assert answer.redirect_chain[-1][0] == f"/{language}/admin/approval/proposal/{proposal.pk}/change/"
    page = answer.content.decode()
    assert "Decree 7" in page
    assert 'value="withdraw"' in page
    assert {str(message.level_tag) for message in answer.context["messages"]} == {"success", "warning"}
    with translation.override(language):
        assert [str(message) for message in answer.context["messages"]][0] == _(
            "What you alone may change is saved."
        )


def test_only_a_change_that_was_made_is_called_a_success(admin_client, family_package):
    texts = {"state": family_package.state, "benefits-TOTAL_FORMS": "0"}
    first = programme_form(family_package, **texts)
    admin_client.post(url("programme_change", family_package.pk), first, follow=True)
    family_package.refresh_from_db()
    same = programme_form(family_package, rule="age >= 61", **texts)
    answer = admin_client.post(url("programme_change", family_package.pk), same, follow=True)
    assert {str(message.level_tag) for message in answer.context["messages"]} == {"warning"}


def test_of_a_save_that_changes_nothing_nothing_is_noted(admin_client, family_package):
    """Neither a form that only proposes, nor spaces that are not stored."""
    noted = AuditEvent.objects.filter(action="change", subject_kind="programme").order_by("pk")
    none = {"benefits-TOTAL_FORMS": "0"}
    post(admin_client, family_package, **none)
    before = noted.count()
    family_package.refresh_from_db()
    name = f" {family_package.name_en}\u200b "
    for typed in ({}, {"name_en": name, "reason": ""}, {"rule": "true"}):
        assert post(admin_client, family_package, **typed, **none).status_code == 302
    assert noted.count() == before
    assert post(admin_client, family_package, position="9", **none).status_code == 302
    assert [event.details for event in noted[before:]] == [{"fields": ["position"]}]

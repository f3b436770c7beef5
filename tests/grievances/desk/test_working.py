"""Working through the queue of a desk: its parts, what tells rows apart, and the form of the next step."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from grievances import services
from grievances.models import Grievance
from grievances.workflow import STEPS
from tests.grievances.desk.test_desk import COMMUNE, LANGUAGES, WORDS, listed, send
from tests.grievances.test_pages import url
from tests.grievances.test_services import handle

pytestmark = pytest.mark.django_db


def test_late_waiting_and_answered_are_parts_of_their_own(tell, areas, told, desk, commune_clerk):
    late, asked, answered = [tell(category="other", area=areas[COMMUNE]) for _number in range(3)]
    Grievance.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(days=1))
    handle(asked, commune_clerk, step="ask_more")
    handle(answered, commune_clerk, step="resolve")
    assert listed(desk, "?tab=late") == [late]
    assert listed(desk, "?tab=waiting") == [asked]
    assert listed(desk, "?tab=answered") == [answered]
    assert set(listed(desk)) == {told, late, asked}
    following = desk.get(url("desk_next", answered.reference) + "?tab=answered")
    assert following["Location"] == url("desk") + "?tab=answered"


@LANGUAGES
def test_the_next_in_the_queue_is_one_that_nobody_else_has(
    tell, areas, told, desk, second_clerk, commune_clerk, language
):
    taken, asked, free = [tell(category="other", area=areas[COMMUNE]) for _number in range(3)]
    services.assignment.assign(taken, actor=second_clerk)
    handle(asked, commune_clerk, step="ask_more")
    page = desk.get(url("desk_grievance", told.reference, language=language) + "?tab=nobody")
    link = url("desk_next", told.reference, language=language) + "?tab=nobody"
    assert f'href="{link}"' in page.content.decode()
    led = url("desk_grievance", free.reference, language=language) + "?tab=nobody"
    assert desk.get(link)["Location"] == led


@LANGUAGES
def test_rows_are_told_apart_by_programme_and_first_words(
    tell, areas, commune_team, desk, programme, language
):
    found = tell(category="other", area=areas[COMMUNE], text="ប្រាក់មិនមកដល់ពីរខែ")
    Grievance.objects.filter(pk=found.pk).update(programme=programme)
    page = desk.get(url("desk", language=language)).content.decode()
    assert {"km": programme.name_km, "en": programme.name_en}[language] in page
    assert "ប្រាក់មិនមកដល់ពីរខែ" in page


@LANGUAGES
@pytest.mark.parametrize(
    ("step", "field"),
    [
        ("resolve", "note"),
        ("ask_more", "note"),
        ("dismiss", "note"),
        ("pass_up", "note"),
        ("mark_repeat", "repeat_of"),
        ("recategorise", "category"),
    ],
)
def test_what_a_step_needs_is_asked_at_its_field(told, desk, step, field, language):
    typed = {"category": "payment", "repeat_of": "G-0000-0000", "note": WORDS, field: ""}
    page = send(desk, told, step, language, **typed)
    assert set(page.context["form"].errors) == {field}
    told.refresh_from_db()
    assert (told.state, told.version) == ("reported", page.context["grievance"].version)


def test_a_step_names_what_is_asked_with_it(told, desk):
    """For ``steps.css``: as the table of steps has it."""
    form = desk.get(url("desk_grievance", told.reference)).context["form"]
    options = [one.data for one in form["step"]]
    needed = {one["value"]: one["attrs"]["data-needs"].split() for one in options}
    assert all(("note" in needs) == STEPS[step].needs_note for step, needs in needed.items())
    assert (needed["mark_repeat"], needed["recategorise"]) == (["repeat_of"], ["category", "note"])
    sheet = (settings.BASE_DIR / "static" / "steps.css").read_text()
    taken = {name for one in options for name in one["attrs"]["data-takes"].split()}
    assert all(f"[data-takes~={name}]" in sheet for name in taken | {"operator"})

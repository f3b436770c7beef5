"""What holds for the table of steps of every kind of casework."""

import ast

import pytest
from django.apps import apps
from django.utils.translation import override

from applications.workflow import application_workflow
from dsp_platform.casework.workflow import Step, Workflow, steps
from dsp_platform.notifications import sms_templates
from grievances.workflow import grievance_workflow
from registry.changes.workflow import change_workflow
from registry.duplicates.workflow import duplicate_workflow
from tests.packages import BASE
from tests.structure.test_imports import sources, tree

WORKFLOWS = {
    application_workflow: "applications.Application",
    grievance_workflow: "grievances.Grievance",
    change_workflow: "registry.ChangeRequest",
    duplicate_workflow: "registry.DuplicateCase",
}
ROWS = [
    pytest.param(workflow, step, id=f"{workflow.subject_kind}.{step.name}")
    for workflow in WORKFLOWS
    for step in workflow.steps.values()
]


def states(workflow: Workflow) -> set[str]:
    return set(apps.get_model(WORKFLOWS[workflow]).State.values)


@pytest.mark.parametrize(("workflow", "step"), ROWS)
def test_a_step_leads_from_states_of_the_model_to_another(workflow, step):
    assert {*step.before, step.after} <= {*states(workflow), ""}
    assert len(step.name) <= 16  # as long as the column of the events


@pytest.mark.parametrize(("workflow", "step"), ROWS)
def test_its_text_message_is_registered(workflow, step):
    assert not step.sms or step.sms in sms_templates.registered()


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize(("workflow", "step"), ROWS)
def test_its_title_and_reasons_are_in_both_languages(workflow, step, language):
    with override(language):
        for words in (step.title, *step.reasons.values()):
            assert is_in(language, str(words))


def is_in(language: str, words: str) -> bool:
    return any("ក" <= sign <= "៿" for sign in words) == (language == "km")


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_refusal_is_in_both_languages(workflow, language):
    with override(language):
        for words in (workflow.note_missing, workflow.not_allowed, workflow.reason_missing):
            assert not words or is_in(language, str(words))


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_every_state_is_reached_and_no_open_one_is_a_dead_end(workflow):
    table = workflow.steps.values()
    assert {step.after for step in table} - {""} == states(workflow)
    for state in apps.get_model(WORKFLOWS[workflow]).OPEN_STATES:
        assert any(state in step.before and step.after not in ("", state) for step in table)


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_only_first_steps_begin_nowhere(workflow):
    firsts = {step.name for step in workflow.steps.values() if not step.before}
    assert firsts <= {"submit", "report", "ask", "find"}
    state = apps.get_model(WORKFLOWS[workflow])._meta.get_field("state")
    assert {workflow.steps[name].after for name in firsts} == {state.default}


@pytest.mark.parametrize(
    ("workflow", "states"),
    [
        (application_workflow, ("more_asked",)),
        (grievance_workflow, ("more_asked",)),
        (change_workflow, ("more_asked",)),
        (duplicate_workflow, ("asked",)),
    ],
)
def test_which_states_wait_for_an_answer(workflow, states):
    assert workflow.awaiting_answer() == states


def test_only_the_engine_changes_a_state():
    rooms = ("applications", "grievances", "registry/changes", "registry/duplicates", "dsp_platform/casework")
    paths = sources(*rooms)
    found = {str(path.relative_to(BASE)): state_set_of(tree(path)) for path in paths}
    assert {path: whose for path, whose in found.items() if whose} == {
        "dsp_platform/casework/workflow.py": {"item", "item.events.create"},
        "applications/review/held.py": {"held"},  # whether a decision has left: no state of an item
    }


@pytest.mark.parametrize(
    ("line", "whose"),
    [
        ("item.state = new", "item"),
        ("item.state, item.decided_at = new, now", "item"),
        ("item.state: str = new", "item"),
        ("held.application.state = new", "held.application"),
        ("setattr(item, 'state', new)", "setattr"),
        ("rows.update(state=new)", "rows.update"),
        ("Model.objects.create(state=new)", "Model.objects.create"),
    ],
)
def test_a_changed_state_is_found(line, whose):
    assert state_set_of(ast.parse(line)) == {whose}


def state_set_of(module: ast.AST) -> set[str]:
    """Whose state is set: what stands before the dot, or what is called."""
    return {
        ast.unparse(node.value if isinstance(node, ast.Attribute) else node.func)
        for node in ast.walk(module)
        if (isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.Call) and gives_state(node))
    }


def gives_state(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "setattr":
        return getattr(call.args[1], "value", "state") == "state"
    return name in ("update", "create", "get_or_create", "update_or_create") and any(
        keyword.arg == "state" for keyword in call.keywords
    )


def test_a_name_stands_in_a_table_once():
    with pytest.raises(ValueError, match="twice"):
        steps(Step("twice", "side", (), "new", "Begun"), Step("twice", "side", (), "new", "Begun"))

"""Every code that the sources pass to the audit has a label, in Khmer and in English."""

import ast
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.contrib import admin
from django.urls import URLResolver, get_resolver
from django.utils.translation import override

from applications import workflow as of_applications
from applications.models import Application
from applications.workflow import Source
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import actions
from dsp_platform.audit.admin import AuditEventAdmin
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.ledger.reasons import REASONS
from grievances import workflow as of_grievances
from registry.changes import workflow as of_changes
from registry.changes.kinds import KINDS
from registry.counter.forms import SESSION_REASONS
from registry.duplicates import workflow as of_duplicates
from registry.phones.replacements.forms import REASONS as PHONE_REASONS
from registry.phones.replacements.selectors import FIRST
from registry.phones.selectors import FIRST_LOST
from registry.unusual.rules import ACTIONS, RULES
from tests.codes import Reading, calls
from tests.refused import recordable

LANGUAGES = ("km", "en")
# What cannot be found out statically: where it occurs, and its possible values.
KNOWN: dict[tuple[str, str], set[str]] = {
    ("dsp_platform/casework/workflow.py", "step.name"): {*of_applications.STEPS, *of_grievances.STEPS},
    ("dsp_platform/casework/workflow.py", "self.subject_kind"): {"application", "grievance"},
    ("registry/changes/workflow.py", "step.name"): set(of_changes.STEPS),
    ("registry/duplicates/workflow.py", "step.name"): set(of_duplicates.STEPS),
    ("registry/duplicates/workflow.py", "self.subject_kind"): {"duplicatecase"},
    ("registry/persons/subject.py", "action"): {"view", "print", "export"},
    ("registry/phones/replacements/steps.py", "state"): {
        "applied",
        "objected",
        "overtaken",
        "stopped",
        "withdrawn",
    },
}
# For lists and work queues of the admin the code is the name of the table.
KNOWN |= {
    (file, code): {str(model._meta.model_name) for model in admin.site._registry}
    for file, code in (
        ("dsp_platform/accounts/staff_sign_in/admin_site.py", "kind"),
        ("dsp_platform/accounts/staff_sign_in/admin_site.py", "subject_kind"),
        ("dsp_platform/casework/admin.py", "kind"),
        ("dsp_platform/casework/admin.py", "str(self.opts.model_name)"),
        ("dsp_platform/casework/assignment.py", "str(item._meta.model_name)"),
        ("dsp_platform/casework/note_pages.py", "str(item._meta.model_name)"),
        ("dsp_platform/casework/notes.py", "kind"),
        ("dsp_platform/casework/queue/hand_over.py", "str(item._meta.model_name)"),
        ("dsp_platform/casework/pages.py", "str(item._meta.model_name)"),
        ("dsp_platform/casework/sweep.py", "str(item._meta.model_name)"),
        ("grievances/routing/admin.py", "str(self.opts.model_name)"),
    )
}
KNOWN[("dsp_platform/exchange/admin_base.py", "seen")] = {
    "person",
    "household",
    "application",
    "grievance",
}
KNOWN |= {
    (file, "kind"): {"person", "household", "application"}
    for file in (
        "dsp_platform/exchange/agreements/preview.py",
        "grievances/desk/views.py",
        "grievances/reporters.py",
        "registry/registration/services.py",
    )
}


def written(argument: str) -> dict[str, str]:
    """Each code, and one file that records it."""
    found = {}
    for name in ("record", "record_each", "record_listed"):
        for file, call, function in calls(name):
            for word in call.keywords:
                if word.arg == argument:
                    found |= dict.fromkeys(Reading(KNOWN).values(file, word.value, function), file)
    return found


def has_words(shown: str, code: str, language: str) -> bool:
    return bool(shown) and shown != code and (language != "km" or any("ក" <= sign <= "៿" for sign in shown))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_that_is_recorded_has_a_label(language):
    found = written("action")
    assert len(found) > 60
    with override(language):
        bare = {
            code: file
            for code, file in found.items()
            if not has_words(actions.action_label(code), code, language)
        }
    assert not bare
    assert set(ACTIONS) <= found.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_actions_are_about_has_words(language):
    with override(language):
        bare = {
            kind: file
            for kind, file in written("subject_kind").items()
            # In English "person" is the word of "person".
            if not has_words(actions.subject_label(kind), "" if language == "en" else kind, language)
            or "_" in actions.subject_label(kind)
        }
    assert not bare


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words(language):
    refused = {("step_refused", code) for code in recordable()}
    chosen = {
        *(("end_case", code) for code in AssistedSession.End.values),
        *(("refuse", code) for code in of_applications.REASONS),
        *(("submit", code) for code in Source.values),
        *(("open_case", code) for code, _words in SESSION_REASONS),
        *(("ask_replacement", code) for code in (*dict(PHONE_REASONS), FIRST, FIRST_LOST)),
        *(("change_ask", code) for code in KINDS),
        *(("view", rule.code) for rule in RULES),
        *(("retry", code) for code in REASONS),
    }
    with override(language):
        bare = {
            (action, code)
            for action, code in {*refused, *chosen, *said()}
            if not has_words(actions.reason_label(action, code), code, language)
        }
    assert not bare


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ["view", "print", "export"])
def test_the_auditor_reads_the_same_reason_of_an_access_as_the_person(action, language):
    """In an assisted session it is the session's, also where a code means something else elsewhere."""
    page = AuditEventAdmin(AuditEvent, admin.site)
    with override(language):
        for code, words in SESSION_REASONS:
            event = AuditEvent(action=action, reason=code, assisted_session_id=uuid4())
            assert page.reason_shown(event) == actions.access_reason(event) == str(words)


def said() -> Iterator[tuple[str, str]]:
    """Reasons that are literals in the sources."""
    action_of = {"prove": "sign_in_failed", "note_failure": "sign_in_failed", "CannotJoin": "join_refused"}
    for name in ("record", "note_failure", "CannotJoin", "sign_out"):
        for _file, call, _function in calls(name):
            by_name = {word.arg: word.value for word in call.keywords}
            action = by_name.get("action")
            named = ast.literal_eval(action) if isinstance(action, ast.Constant) else action_of.get(name, "")
            for one in (by_name.get("reason"), *call.args):
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
                    yield named, one.value


def test_every_refusal_that_is_declared_can_be_recorded():
    assert actions.reasons_of("step_refused").keys() == recordable()


def test_every_action_that_is_declared_is_recorded():
    assert {code for code, _words in actions.known_actions()} == {*written("action"), "listed"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_refused_page_of_the_admin_is_named_in_words(language):
    with override(language):
        kind = str(User._meta.verbose_name_plural)
        named = actions.reason_label("refused", "admin:accounts_user_changelist")
    assert named.startswith(f"{kind}: ")
    assert "accounts_user" not in named


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_refused_page_shows_its_internal_name(language):
    """Every page that there is; those outside of the admin have no title that is known to the audit."""
    with override(language):
        shown = {name: actions.reason_label("refused", name) for name in (*view_names(), "admin:nothing")}
    assert len(shown) > 150
    bare = {
        name: label
        for name, label in shown.items()
        if label and (not has_words(label, name, language) or ":" in name and name in label or "_" in label)
    }
    assert not bare
    for name in ("accounts:counter_sign_in", "admin:login", "admin:index", "admin:nothing"):
        assert shown[name] == ""
    assert shown["admin:applications_application_decide"] == shown_kind(Application, language)


def view_names() -> Iterator[str]:
    patterns = [("", get_resolver())]
    while patterns:
        prefix, found = patterns.pop()
        for one in found.url_patterns:
            if isinstance(one, URLResolver):
                patterns.append((f"{prefix}{one.namespace}:" if one.namespace else prefix, one))
            elif one.name:
                yield prefix + one.name


def shown_kind(model: type, language: str) -> str:
    with override(language):
        return str(model._meta.verbose_name_plural)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ["give_consent", "withdraw_consent"])
def test_a_consent_shows_the_name_of_its_operator(operators, action, language):
    with override(language):
        assert actions.reason_label(action, "nssf") == operators["nssf"].name != "nssf"
        assert actions.reason_label(action, "") == ""


def test_a_second_domain_cannot_declare_a_code_again():
    with pytest.raises(ValueError, match="audit"):
        actions.register_actions("another", actions.Action("view", "saw it"))
    with pytest.raises(ValueError, match="registry"):
        actions.register_actions("another", reasons={"view": {"change": "To change it"}})

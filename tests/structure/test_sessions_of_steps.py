"""A step of an item is recorded with the assisted session of the act itself."""

import ast

from tests.packages import DOMAINS, PACKAGES
from tests.structure.test_imports import name_of, sources, tree

# Calls that record a step without a session, and why. All others give the one of the act.
WITHOUT_A_SESSION = {
    "applications.services._decide": "of a reviewer or the operator's own system",
    "applications.appeals.uphold_decision": "of who answers an appeal",
    "applications.appeals.reopen_application": "of who answers an appeal",
    "grievances.services._take": "of who answers it, or the operator's own system",
    "grievances.repeats.repeats.answer_repeats": "of who answers the report that they repeat",
    "registry.changes.services.decide_change": "of who decides: the page is for the account alone",
    "registry.changes.services._tell_of_successor": "of who decides: the page is for the account alone",
    "registry.changes.services._missing_confirmation": "of who decides: the page is for the account alone",
    "registry.changes.life_events._take_step": "what follows for others: not told to who is in the session",
    **dict.fromkeys(["applications.services.close", "grievances.life_events.pass_to_head"], "of nobody"),
    "registry.changes.moves.services.refuse_to_move": "of a citizen",
    **dict.fromkeys(
        ["applications.merging._reopened", "registry.changes.merging._reopened"],
        "of a steward who undoes a merge",
    ),
    **dict.fromkeys(
        [f"registry.duplicates.services.{one}" for one in ("_merge", "_decide", "_ask")], "of a steward"
    ),
    "registry.duplicates.services.answer_case": "of who answers: the page is for the account alone",
    "registry.duplicates.pairs._refresh": "of nobody",
    **dict.fromkeys(
        [
            f"registry.duplicates.merging.{one}"
            for one in ("move", "_move_alone", "_follow", "_decide", "restore", "_put_back")
        ],
        "of a steward who merges, or undoes a merge",
    ),
    "registry.duplicates.said.note_said": "of the official: the page is for the account alone",
    "registry.duplicates.said._open_case": "of nobody",
    "registry.duplicates.pairs.end_cases": "of nobody, or of the steward who merged",
}


def test_every_step_is_recorded_with_the_session_of_the_act():
    found = set()
    for path in sources(*DOMAINS):
        for function in [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]:
            for call in [node for node in ast.walk(function) if isinstance(node, ast.Call)]:
                name = ast.unparse(call.func)
                if name.startswith("self.") or not name.endswith(
                    ("workflow.take_step", "workflow.record_step", "workflow.decide")
                ):
                    continue
                if "assisted_session" not in {keyword.arg for keyword in call.keywords}:
                    found.add(f"{name_of(path)}.{function.name}")
    assert found == WITHOUT_A_SESSION.keys()


def test_no_step_takes_the_session_of_the_item():
    """It is of another day, and of another official."""
    for path in sources(*PACKAGES):
        for call in [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]:
            if ast.unparse(call.func) == "audit.record":
                given = [ast.unparse(one.value) for one in call.keywords if one.arg == "assisted_session_id"]
                assert not [one for one in given if one.startswith(("item.", "request.", "self."))], path

from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions
from registry.models import DuplicateCase

register_actions(
    "registry.duplicates",
    Action("duplicate_find", _("found two records that are alike"), effect=Effect.NONE),
    Action("duplicate_said_same", _("said at the counter that two records are of one person")),
    Action("duplicate_said_different", _("said at the counter that two records are of two persons")),
    Action("duplicate_find_again", _("found two records to be alike again"), effect=Effect.NONE),
    Action("duplicate_update", _("compared two records anew"), effect=Effect.NONE),
    Action("duplicate_unlikely", _("found two records not to be alike any more"), effect=Effect.NONE),
    Action("duplicate_merged", _("ended a case of a record that was merged with another")),
    Action("duplicate_passed_on", _("passed a case on to the record that remained of a merge")),
    Action("duplicate_followed", _("took two records for two persons, as one merged before was")),
    Action("duplicate_restored", _("put a case back as it was before a merge")),
    Action("duplicate_dropped", _("ended a case that followed from an undone merge")),
    Action("duplicate_joined", _("ended a case because its two records were merged")),
    Action("duplicate_parted", _("took two records for two persons because their merge was undone")),
    Action("duplicate_same", _("decided that two records are of one person")),
    Action("duplicate_propose", _("proposed to merge two records")),
    Action("duplicate_different", _("decided that two records are of two persons")),
    Action("duplicate_ask", _("asked the commune whether two records are of one person")),
    Action("duplicate_answer", _("answered for the commune whether two records are of one person")),
    reasons={
        "duplicate_answer": dict(DuplicateCase.Answer.choices),
        "view": {"asked_duplicate": _("The commune was asked whether the person is registered twice")},
        "step_refused": {
            "WaitsForSecond": _("the merge waited for a second steward"),
            "CommuneMissing": _("no commune was chosen"),
            "RecordMissing": _("it was not chosen which record remains"),
            "AnswerMissing": _("no answer was chosen"),
            "CannotMerge": _("the records could not be merged"),
        },
    },
)

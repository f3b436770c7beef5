"""What becomes of applications, and of documents for one that is prepared, when two records become one."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.documents import DRAFT
from applications.models import AnswerDraft, Application
from applications.workflow import Source, application_workflow
from dsp_platform.accounts.models import User
from dsp_platform.uploads.models import Upload
from registry.merging.contract import Pair, Part
from registry.models import lives_in


def _concerned(pair: Pair) -> Q:
    """Also those of the other members: they close where the stricter consent holds."""
    return Q(person__in=(pair.kept, pair.merged)) | lives_in(pair.households, of="person__")


def _reopened(row: Any, actor: User) -> None:
    if row.is_open:
        application_workflow.record_step(row, "parted", actor=actor, source=Source.STEWARD)


@dataclass(frozen=True, kw_only=True)
class DraftPart(Part):
    """The key of a draft begins with that of the person."""

    def of_persons(self, *persons: int) -> Q:
        condition = Q(pk__in=())
        for person in persons:
            condition |= Q(subject_key__startswith=f"{person}-")
        return condition & Q(subject_kind=DRAFT)

    def move(self, pair: Pair) -> None:
        for row in Upload.objects.filter(self.of_persons(pair.merged)):
            _person, programme = row.subject_key.split("-")
            self._save_if_possible(row, {"subject_key": f"{pair.kept}-{programme}"})


PARTS = (
    Part(
        model=Application,
        kind=_("application"),
        persons=("person_id",),
        columns=("state", "assignee_id"),
        scope=_concerned,
        is_listed=True,
        reopened=_reopened,
    ),
    Part(model=AnswerDraft, persons=("person_id", "subject_id")),
    DraftPart(model=Upload, columns=("subject_key",)),
)

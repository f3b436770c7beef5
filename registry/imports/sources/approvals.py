"""A source is put in force by two stewards: one proposes, another who wrote no part of it approves."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import pghistory
from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.validity import plain
from registry.imports.sources.labels import lines_of
from registry.imports.sources.services import (
    DRAFTED,
    SOURCE,
    approve_source,
    lock_source,
    require_sound,
    writers_of,
)
from registry.models import ImportSource

BEGIN = "begin"


def propose_begin(*, source: ImportSource, actor: User, read: str, reason: str = "") -> Proposal:
    """``read``: the digest of the text that the proposer was shown. Raises as ``approval.propose``, and
    ValidationError for a draft that cannot be used."""
    with transaction.atomic():
        draft = lock_source(source.pk)
        require_sound(draft)
        return approval.propose(
            kind=SOURCE, act=BEGIN, subject=str(draft.pk), payload={}, actor=actor, reason=reason, read=read
        )


def text_read(source: ImportSource) -> str:
    """The digest that a page which shows the text sends back with a proposal."""
    return approval.state_digest(SOURCE, BEGIN, str(source.pk))


def text_in_words(source: ImportSource) -> dict[str, str]:
    return lines_of(plain(_text(source)))


def could_approve(source: ImportSource, actor: User) -> list[Any]:
    return approval.could_approve(kind=SOURCE, act=BEGIN, subject=str(source.pk), actor=actor)


def what_it_allows() -> list[str]:
    """For the proposer and for the approver."""
    return [
        _("Stewards may import files of it from its first day on. Each import takes two of them."),
        _("Whom the registry does not know yet is registered, with the source as the origin of each value."),
        _("Of those who are registered it writes only what it may. What people told is never replaced."),
    ]


class ImportSourceKind(contract.ProposalKind):
    code = SOURCE
    title = gettext_lazy("Source of imports")

    def lock(self, subject: str) -> None:
        lock_source(int(subject))

    def state(self, act: str, subject: str) -> dict[str, Any]:
        source = ImportSource.objects.get(pk=subject)
        approved = Proposal.objects.filter(kind=SOURCE, subject=subject, state=Proposal.State.CARRIED_OUT)
        last = approved.order_by("pk").last()
        return {"text": _text(source), "earlier": last.before["text"] if last else None}

    def name(self, proposal: Proposal) -> str:
        text = proposal.before["text"]
        names = (text["name_km"], text["name_en"])
        name = next(filter(None, names if get_language() == "km" else names[::-1]), text["code"])
        return _("Source of imports “%(source)s”: to be put in force") % {"source": name}

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        """From the text that was last approved."""
        earlier = proposal.before["earlier"]
        before, after = lines_of(earlier) if earlier else {}, lines_of(proposal.before["text"])
        return [
            DiffLine(label, before.get(label, ""), after.get(label, ""))
            for label in dict.fromkeys([*after, *before])
            if before.get(label, "") != after.get(label, "")
        ]

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        return what_it_allows()

    def barred(self, proposals: Collection[Proposal]) -> Mapping[str, set[int]]:
        about = ImportSource.objects.filter(pk__in=[int(one.subject) for one in proposals])
        return {str(pk): writers for pk, writers in writers_of(list(about)).items()}

    def carry_out(self, proposal: Proposal) -> str:
        source = ImportSource.objects.get(pk=proposal.subject)
        with pghistory.context(why="approve_import_source"):
            approve_source(source=source, actor=cast(User, proposal.decided_by))
        return ""

    def page(self, proposal: Proposal) -> str:
        return reverse("admin:registry_importsource_change", args=[proposal.subject])


def _text(source: ImportSource) -> dict[str, Any]:
    keys = {"operator": source.operator_id, "programme": source.programme_id}
    own = {name: getattr(source, name) for name in DRAFTED if name not in keys}
    return {**own, **keys, "state": source.state, "drafted_by": source.drafted_by_id}


contract.register(ImportSourceKind())

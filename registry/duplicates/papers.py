"""Photos of documents that were sent with changes of one of two records."""

from django.db.models import Q

from dsp_platform.uploads.models import Upload
from registry.models import ChangeRequest, Person

MOST = 10
CHANGE = "change"
"""The kind of their uploads (``registry.changes.evidence``)."""


def changes_with_photos(person: Person) -> list[int]:
    """Keys of requests about this person with which documents were sent, the latest first. Who may see them
    is for the requests to say (``registry.changes.evidence``)."""
    about = ChangeRequest.objects.filter(Q(person=person) | Q(asked_for=person, person=None))
    keys = {str(pk): pk for pk in about.values_list("pk", flat=True)}
    sent = Upload.objects.filter(subject_kind=CHANGE, subject_key__in=keys).exclude(
        state=Upload.State.REFUSED
    )
    found = {keys[key] for key in sent.values_list("subject_key", flat=True)}
    return sorted(found, reverse=True)[:MOST]

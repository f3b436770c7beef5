"""Documents that people sent, as pictures of their pages.

The pictures themselves are files, see ``store``.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedTextField


class Upload(models.Model):
    """One file that somebody sent, about one subject of a domain, e.g. ``application`` ``17``.

    Several uploads of one ``title`` are the pages of one document. ``digest`` is of the original file and the
    title: the same file sent twice is one upload.

    In state ``reading`` the row is also the queue entry: ``original`` names the file in ``store``, and
    ``leased_until`` is the end of a worker's lease. ``attempts`` is also the fencing token: a worker that
    comes back after its lease finds another number and writes nothing.
    """

    class State(models.TextChoices):
        READING = "reading", _("being read")
        READ = "read", _("read")
        REFUSED = "refused", _("could not be read")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_kind = models.CharField(_("kind"), max_length=32)
    subject_key = models.CharField(_("subject"), max_length=64)
    title = models.CharField(_("document"), max_length=200)
    # Empty where it was sent without an account, or by a person who stays unnamed.
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("sent by"),
    )
    assisted_session_id = models.UUIDField(_("case"), null=True)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    digest = models.BinaryField(max_length=32)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, db_default=State.READ)
    reason = models.CharField(_("reason"), max_length=16, blank=True, db_default="")
    # Content type of a voice recording, which is kept without place, device and title; empty for pictures.
    media = models.CharField(max_length=16, blank=True, db_default="")
    # The file's own name, to say which of several could not be read. Cleared once it has been read.
    name = EncryptedTextField(null=True)
    original = models.UUIDField(unique=True, null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), db_default=0)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    not_before = models.DateTimeField(_("not before"), null=True)

    class Meta:
        verbose_name = _("uploaded document")
        verbose_name_plural = _("uploaded documents")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_key", "digest"], name="upload_once_per_subject"
            )
        ]
        indexes = [
            models.Index(fields=["uploader", "created_at"]),
            models.Index(
                fields=["uploader", "created_at"], condition=Q(state="reading"), name="upload_reading"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Page(models.Model):
    """One picture, or a recording, which has no width and height.

    ``file`` names the file in ``store``; the row is written only after the file.
    """

    upload = models.ForeignKey(
        Upload, on_delete=models.CASCADE, related_name="pages", verbose_name=_("uploaded document")
    )
    number = models.PositiveSmallIntegerField(_("page"))
    file = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="page_number_once")]


class UploadDay(models.Model):
    """Counters of one account on one day, see ``limits``. Removed and refused files count too."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("account")
    )
    day = models.DateField(_("day"))
    pages = models.PositiveIntegerField(_("pages"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    # Files that had been sent before.
    repeats = models.PositiveIntegerField(default=0, db_default=0)
    # When one of its files was last read: accounts are served in rotation (fair scheduling).
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("documents of a day")
        verbose_name_plural = _("documents of a day")
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="upload_day_once_per_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"

"""Documents people sent, as pictures of their pages. The pictures themselves are files, see ``store``."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Upload(models.Model):
    """One file that somebody sent, about one subject of a domain, e.g. ``application`` ``17``.

    Several uploads of one ``title`` are the pages of one document. ``digest`` is of the original file and
    the title: the same file sent twice is one upload.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject_kind = models.CharField(_("kind"), max_length=32)
    subject_key = models.CharField(_("subject"), max_length=64)
    title = models.CharField(_("document"), max_length=200)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    case_id = models.UUIDField(_("case"), null=True)
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("uploaded document")
        verbose_name_plural = _("uploaded documents")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_key", "digest"], name="upload_once_per_subject"
            )
        ]
        indexes = [models.Index(fields=["uploader", "created_at"])]

    def __str__(self) -> str:
        return str(self.id)


class Page(models.Model):
    """One picture. ``file`` names what ``store`` keeps; the row is written only after the file is safe."""

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

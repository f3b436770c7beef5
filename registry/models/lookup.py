from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Lookup(models.Model):
    """An answer that disclosed who is registered, or may have; counted against the daily limits.

    ``numbers`` are keyed digests of the numbers compared, so that the same answer counts once.
    """

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("a document was typed that is registered")
        TYPED = "typed", _("a document was typed")
        SEARCH = "search", _("a search at the counter")
        NAME = "name", _("a name and date of birth were typed that are registered elsewhere")

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    assisted_session_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    numbers = models.JSONField(default=list)
    weight = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("look-up")
        verbose_name_plural = _("look-ups")
        indexes = [models.Index(fields=["account", "kind", "at"], name="lookup_account")]

"""Life situations by which people look for support: a baby, school, illness, old age, a flood."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked
from dsp_platform.web.pictures import PICTURES
from registry.models.programme import Programme


@tracked
class LifeSituation(models.Model):
    """A filter of the catalogue. ``picture`` is a name of ``dsp_platform.web.pictures``."""

    objects: "ClassVar[models.Manager[LifeSituation]]"

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    picture = models.SlugField(_("picture"), max_length=32, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    programmes = models.ManyToManyField(
        Programme,
        through="ProgrammeSituation",
        related_name="situations",
        verbose_name=_("programmes"),
    )

    class Meta:
        verbose_name = _("life situation")
        verbose_name_plural = _("life situations")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        if self.picture and self.picture not in PICTURES:
            known = ", ".join(sorted(PICTURES))
            raise ValidationError({"picture": _("Choose one of: %(known)s.") % {"known": known}})


@tracked
class ProgrammeSituation(models.Model):
    objects: "ClassVar[models.Manager[ProgrammeSituation]]"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, verbose_name=_("programme"))
    situation = models.ForeignKey(LifeSituation, on_delete=models.CASCADE, verbose_name=_("life situation"))

    class Meta:
        verbose_name = _("life situation of a programme")
        verbose_name_plural = _("life situations of a programme")
        constraints = [
            models.UniqueConstraint(fields=["programme", "situation"], name="programme_situation_once")
        ]

    def __str__(self) -> str:
        return str(self.situation)

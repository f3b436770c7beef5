from typing import Self, cast

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked_as
from dsp_platform.encryption.fields import EncryptedTextField
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.dates import Precision as DatePrecision
from registry.identity.spid import grouped
from registry.models.area import Area


def _is_first_day(day: str, precision: str) -> Q:
    """Of the period that is known."""
    of_month = Q(**{precision: "month", f"{day}__day": 1})
    of_year = Q(**{precision: "year", f"{day}__day": 1, f"{day}__month": 1})
    return Q(**{precision: "day"}) | of_month | of_year


class Persons(models.QuerySet["Person"]):
    def current(self) -> Self:
        """Those for whom ``Person.is_current``."""
        return self.filter(merged_into=None, died_on=None)


@tracked_as(exclude=["match_keys"], found_by=["account"])
class Person(models.Model):
    """A person of the Social Registry. ``version`` grows with every change that operators may see.

    A merged person keeps the row and the SPID: ``merged_into`` makes that SPID an alias.
    """

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    class Precision(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    class Verification(models.TextChoices):
        SELF = "self", _("told by the person")
        COMMUNE = "commune", _("checked by the commune")
        DOCUMENT = "document", _("checked against a document")
        SOURCE = "source", _("checked at the source")

    class DisabilityLevel(models.TextChoices):
        SEVERE = "severe", _("severe disability")
        MEDIUM = "medium", _("medium disability")
        MILD = "mild", _("mild disability")

    class Difficulty(models.IntegerChoices):
        """The four answers of the Washington Group short set."""

        NONE = 1, _("No - no difficulty")
        SOME = 2, _("Yes - some difficulty")
        A_LOT = 3, _("Yes - a lot of difficulty")
        CANNOT = 4, _("Cannot do at all")

    # Each column has its place in registry.models.person_columns too.
    spid = models.CharField("SPID", max_length=12, unique=True)
    family_name = models.CharField(_("surname"), max_length=100, blank=True)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    latin_family_name = models.CharField(_("surname in Latin letters"), max_length=100, blank=True)
    latin_given_name = models.CharField(_("given name in Latin letters"), max_length=100, blank=True)
    # Search keys (registry.identity.name_keys), each name in both orders: people search by either part first.
    # Sorted byte by byte, as an index must be that serves both the beginning of a name and the order.
    name_key = models.CharField(max_length=400, db_collation="C")
    given_key = models.CharField(max_length=400, db_collation="C")
    latin_key = models.CharField(max_length=400, blank=True, db_collation="C")
    latin_given_key = models.CharField(max_length=400, blank=True, db_collation="C")
    # By which likely doubles are found (registry.matching.keys); they follow from the other columns.
    match_keys = ArrayField(models.BigIntegerField(), default=list)
    # By column, the code of the import source whose value it holds; "*" for all that are not named. What is
    # not in it was told at registration, or by a change.
    origins = models.JSONField(_("sources"), default=dict, blank=True)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex.choices)
    # Where only the month or the year is known, its first day; as one value ``born``, and so ``died``.
    date_of_birth = models.DateField(_("date of birth"))
    birth_precision = models.CharField(
        _("known to the"), max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    phone = models.CharField(_("phone number"), max_length=16, blank=True)
    village = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("village"), db_index=False
    )
    language = models.CharField(_("language"), max_length=2, default="km")

    seeing = models.PositiveSmallIntegerField(_("seeing"), choices=Difficulty.choices, null=True)
    hearing = models.PositiveSmallIntegerField(_("hearing"), choices=Difficulty.choices, null=True)
    walking = models.PositiveSmallIntegerField(_("walking"), choices=Difficulty.choices, null=True)
    remembering = models.PositiveSmallIntegerField(_("remembering"), choices=Difficulty.choices, null=True)
    self_care = models.PositiveSmallIntegerField(_("self-care"), choices=Difficulty.choices, null=True)
    communicating = models.PositiveSmallIntegerField(
        _("communicating"), choices=Difficulty.choices, null=True
    )
    pregnant = models.BooleanField(_("pregnant"), null=True)
    studying = models.BooleanField(_("goes to school"), null=True)
    working = models.BooleanField(_("works"), null=True)
    # Reported by the disability identification; empty is "not identified", which is not "no disability".
    disability_level = models.CharField(
        _("disability identified"), max_length=6, choices=DisabilityLevel.choices, blank=True
    )

    verification = models.CharField(
        _("verification"),
        max_length=8,
        choices=Verification.choices,
        default=Verification.SELF,
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("merged into")
    )
    died_on = models.DateField(_("died"), null=True, blank=True)
    death_precision = models.CharField(
        _("death known to the"), max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    version = models.BigIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("registered"), default=timezone.now)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("registered by"),
    )

    objects = Persons.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = [
            models.CheckConstraint(name="person_has_a_name", condition=~Q(family_name="", given_name="")),
            models.CheckConstraint(name="person_spid_12_digits", condition=Q(spid__regex=r"^\d{12}$")),
            models.CheckConstraint(
                name="person_born_first_day",
                condition=_is_first_day("date_of_birth", "birth_precision"),
            ),
            models.CheckConstraint(
                name="person_died_first_day",
                condition=Q(died_on=None) | _is_first_day("died_on", "death_precision"),
            ),
        ]
        indexes = [
            models.Index(fields=["name_key"], name="person_name_key"),
            models.Index(fields=["given_key"], name="person_given_key"),
            models.Index(fields=["latin_key"], name="person_latin_key"),
            models.Index(fields=["latin_given_key"], name="person_latin_given_key"),
            # In a village by either order of the name, or all who live in places whose code begins so.
            models.Index(
                OpClass("village", "varchar_pattern_ops"), "name_key", "given_key", name="person_village"
            ),
            models.Index(
                OpClass("village", "varchar_pattern_ops"),
                "latin_key",
                "latin_given_key",
                name="person_village_latin",
            ),
            # Without the list of what is not yet in the index, which every search reads to its end: 2 ms each
            # after 2,700 persons had come.
            GinIndex(fields=["match_keys"], name="person_match_keys", fastupdate=False),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="person_phone"),
        ]

    def __str__(self) -> str:
        return self.spid_grouped

    @property
    def born(self) -> PartialDate:
        return PartialDate(self.date_of_birth, cast(DatePrecision, self.birth_precision))

    @born.setter
    def born(self, born: PartialDate) -> None:
        self.date_of_birth, self.birth_precision = born.first, born.precision

    @property
    def died(self) -> PartialDate | None:
        if self.died_on is None:
            return None
        return PartialDate(self.died_on, cast(DatePrecision, self.death_precision))

    @died.setter
    def died(self, died: PartialDate | None) -> None:
        self.died_on = died.first if died else None
        self.death_precision = died.precision if died else self.Precision.DAY

    @property
    def is_current(self) -> bool:
        """Neither merged into another record nor dead."""
        return self.merged_into_id is None and self.died_on is None

    @property
    def name(self) -> str:
        """Surname first, as in Khmer; one of the two may be missing."""
        return " ".join(filter(None, (self.family_name, self.given_name)))

    @property
    def latin_name(self) -> str:
        return " ".join(filter(None, (self.latin_family_name, self.latin_given_name)))

    @property
    def spid_grouped(self) -> str:
        return grouped(self.spid)


class Deceased(Person):
    """The same rows, for the page of stewards."""

    class Meta:
        proxy = True
        verbose_name = _("person recorded as dead")
        verbose_name_plural = _("persons recorded as dead")


@tracked_as(found_by=["person"])
class IdentityDocument(models.Model):
    class Type(models.TextChoices):
        IDENTITY_CARD = "identity_card", _("Khmer identity card")
        PERSONAL_CODE = "personal_code", _("Personal identification code")
        BIRTH_CERTIFICATE = "birth_certificate", _("Birth certificate")
        FAMILY_BOOK = "family_book", _("Family book")
        RESIDENCE_BOOK = "residence_book", _("Residence book")
        PASSPORT = "passport", _("Passport")
        EQUITY_CARD = "equity_card", _("Equity Card")
        NSSF = "nssf", _("NSSF membership card")
        DISABILITY_CARD = "disability_card", _("Disability card")

    # Their number does not identify one person: families share the first three, and birth certificates are
    # numbered per commune.
    SHARED_TYPES = (Type.FAMILY_BOOK, Type.RESIDENCE_BOOK, Type.EQUITY_CARD, Type.BIRTH_CERTIFICATE)

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="documents", verbose_name=_("person")
    )
    type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    number = EncryptedTextField(_("number"))
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(_("registered"), default=timezone.now)

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        constraints = [
            models.UniqueConstraint(
                fields=["type", "digest"],
                condition=~Q(type__in=["family_book", "residence_book", "equity_card", "birth_certificate"]),
                name="document_number_once",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="document_digest")]

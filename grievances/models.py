"""Complaints and appeals: reported by anyone, with or without an account, followed by reference and PIN."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications.models import Application, ApplicationEvent
from dsp_platform.casework.deadlines.models import TimedItem, WorkItemDeadline, undated_index
from dsp_platform.casework.models import WorkItemEvent, closed_index, queue_index
from dsp_platform.encryption.fields import EncryptedTextField
from dsp_platform.exchange.models import Operator
from grievances.categories import BY_AREA, BY_PIN_ONLY, SENSITIVE, Category
from registry.models import Area, Enrolment, Person, Programme

_OPEN = ("reported", "in_review", "more_asked")
_PIN = "pin"


class Team(models.Model):
    """Whose turn a grievance is. Without members it is of its whole office: the operator's reviewers, or the
    secretariat's stewards; a team of an area needs members. Officials are members of such teams alone."""

    class Kind(models.TextChoices):
        OPERATOR = "operator", _("operator")
        COMMUNE = "commune", _("commune or sangkat")
        DISTRICT = "district", _("district or khan")
        PROVINCE = "province", _("province or capital")
        SECRETARIAT = "secretariat", _("secretariat")

    OF_AREAS = BY_AREA

    objects: "ClassVar[models.Manager[Team]]"

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name_km = models.CharField(_("Khmer name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    operator = models.ForeignKey(
        Operator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("operator"),
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    above = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("level above"),
        help_text=_("Gets what is late. Empty: the next larger area, then the secretariat."),
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("members")
    )
    # The one that gets what no other team takes: there is always one.
    is_default = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                name="team_has_its_scope",
                condition=Q(kind="operator", operator__isnull=False, area=None)
                | Q(kind__in=["commune", "district", "province"], operator=None, area__isnull=False)
                | Q(kind="secretariat", operator=None, area=None),
            ),
            models.CheckConstraint(name="team_above_another", condition=Q(above=None) | ~Q(above=F("id"))),
            models.CheckConstraint(
                name="team_default_is_the_secretariat", condition=Q(is_default=False) | Q(kind="secretariat")
            ),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="team_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_km


def default_team() -> int:
    """Key of the team that gets what no other one takes."""
    names = {"name_km": "អគ្គលេខាធិការដ្ឋាន", "name_en": "Secretariat"}
    team, _created = Team.objects.get_or_create(
        is_default=True, defaults={"kind": Team.Kind.SECRETARIAT, **names}
    )
    return team.pk


class Grievance(TimedItem):
    """``person`` is set only when reported signed in or at the counter, and not asked to stay unnamed."""

    Category = Category

    class State(models.TextChoices):
        REPORTED = "reported", _("received")
        IN_REVIEW = "in_review", _("being looked into")
        MORE_ASKED = "more_asked", _("waiting for the person")
        RESOLVED = "resolved", _("answered")
        DISMISSED = "dismissed", _("closed without action")
        # How an appeal ends.
        UPHELD = "upheld", _("the decision stands")
        OVERTURNED = "overturned", _("will be decided anew")

    class Channel(models.TextChoices):
        """How it was told. By phone and on paper an official types it for whoever told it."""

        PORTAL = "portal", _("in the portal")
        COUNTER = "counter", _("at the counter")
        PHONE = "phone", _("by phone")
        PAPER = "paper", _("on paper")

    class Secrecy(models.TextChoices):
        """Who reads what may bring harm, besides those who answer it. From the least secret on."""

        NONE = "", _("not sensitive")
        ACCOUNT = "account", _("by the account that reported it, or by reference and PIN")
        PIN = _PIN, _("by reference and PIN only")

    OPEN_STATES = _OPEN
    SINCE = ENDED = "reported_at"
    TYPED_BY_OFFICIALS = ("phone", "paper")

    class Satisfaction(models.TextChoices):
        """What the reporter says of the answer."""

        SOLVED = "solved", _("solved")
        PARTLY = "partly", _("partly solved")
        NOT_SOLVED = "no", _("not solved")

    pin_digest = models.BinaryField(max_length=32)
    category = models.CharField(_("about"), max_length=16, choices=Category.choices)
    # What it was promised when it was of a sensitive category: kept, whatever it turns out to be about.
    told_in_secret = models.CharField(
        _("told in secret"), max_length=7, choices=Secrecy.choices, blank=True, default="", db_default=""
    )
    text = EncryptedTextField(_("what happened"))
    operator = models.ForeignKey(
        Operator,
        verbose_name=_("operator"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grievances",
        verbose_name=_("application"),
    )
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme"),
    )
    # The support whose payment is missing or wrong.
    enrolment = models.ForeignKey(
        Enrolment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("enrolment"),
    )
    # Who is complained about, in the words of whoever complains.
    official = EncryptedTextField(_("official"), null=True)
    # Where they work: those of that office do not handle it.
    office = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office it is about"),
    )
    channel = models.CharField(
        _("how it was told"), max_length=8, choices=Channel.choices, default=Channel.PORTAL
    )
    # Set for an appeal only. Unique: one appeal for each decision.
    decision = models.OneToOneField(
        ApplicationEvent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appeal",
        verbose_name=_("decision appealed"),
    )
    # Empty when the operator's own system decided.
    decision_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    late = models.BooleanField(_("after the last day"), default=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    # The same matter told again: it is answered with that one. Never of a sensitive one.
    repeat_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="repeats", verbose_name=_("repeat of")
    )
    # None while it is open.
    answered_at = models.DateTimeField(_("answered"), null=True)
    # The reporter may have it looked at again once.
    reopened_at = models.DateTimeField(_("opened again"), null=True)
    # Of the last answer. Empty until the reporter says it.
    satisfaction = models.CharField(
        _("what the reporter says of the answer"), max_length=8, choices=Satisfaction.choices, blank=True
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("area")
    )
    # Never empty: what nobody else takes is the default team's.
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, default=default_team, related_name="+", verbose_name=_("team")
    )
    team_since = models.DateTimeField(_("with the team since"), default=timezone.now)
    # It fell to the default team: no other one is to get it, or may answer it.
    taken_by_no_team = models.BooleanField(_("taken by no team"), default=False, db_default=False)
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grievances",
        verbose_name=_("person"),
    )
    phone = models.CharField(_("phone number"), max_length=16, blank=True)
    # Anybody can type any number: it gets text messages once proved by a code, or when known before.
    phone_confirmed_at = models.DateTimeField(_("number confirmed"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REPORTED)
    # Idempotency key: a form submitted twice is one grievance.
    submission = models.UUIDField(unique=True)
    reported_at = models.DateTimeField(_("reported"), default=timezone.now)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("reported by"),
    )

    @property
    def is_named(self) -> bool:
        """Its reporter gave a name: whoever only typed it for them is not the reporter."""
        return self.reported_by_id is not None and self.channel not in self.TYPED_BY_OFFICIALS

    class Meta:
        verbose_name = _("grievance")
        verbose_name_plural = _("grievances")
        constraints = [
            models.CheckConstraint(
                name="grievance_appeal_of_a_decision",
                condition=Q(category="appeal", decision__isnull=False, application__isnull=False)
                | (~Q(category="appeal") & Q(decision=None)),
            ),
            models.CheckConstraint(
                name="grievance_repeats_another", condition=Q(repeat_of=None) | ~Q(repeat_of=F("id"))
            ),
            models.CheckConstraint(
                name="grievance_sensitive_by_itself",
                condition=Q(repeat_of=None) | ~Q(category__in=SENSITIVE),
            ),
            models.CheckConstraint(
                name="grievance_sensitive_is_told_in_secret",
                condition=(~Q(category__in=SENSITIVE) | ~Q(told_in_secret=""))
                & (~Q(category__in=BY_PIN_ONLY) | Q(told_in_secret=_PIN)),
            ),
            models.CheckConstraint(
                name="appeal_maker_is_not_checker", condition=~Q(answered_by=F("decision_by"))
            ),
        ]
        indexes = [
            models.Index(fields=["state", "reported_at"]),
            undated_index("grievance_undated", _OPEN),
            # Of a team, and of stewards, who see all.
            queue_index("grievance_queue_of_team", _OPEN, "reported_at", "team"),
            queue_index("grievance_queue_of_all", _OPEN, "reported_at"),
            closed_index("grievance_closed_of_team", _OPEN, "reported_at", "team"),
            closed_index("grievance_closed_of_all", _OPEN, "reported_at"),
            models.Index(fields=["phone", "reported_at"], condition=~Q(phone=""), name="grievance_phone"),
            models.Index(
                fields=["team_since"],
                condition=Q(state__in=_OPEN, taken_by_no_team=True),
                name="grievance_taken_by_no_team",
            ),
        ]


class RoutingRule(models.Model):
    """Another team than the usual one, as stewards decide. The narrowest rule that fits is followed."""

    objects: "ClassVar[models.Manager[RoutingRule]]"

    category = models.CharField(
        _("about"), max_length=16, choices=Category.choices, blank=True, help_text=_("Empty: any.")
    )
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme"),
        help_text=_("Empty: any."),
    )
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("area"),
        help_text=_("With all that lies in it. Empty: any."),
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("team"))

    class Meta:
        verbose_name = _("rule of routing")
        verbose_name_plural = _("rules of routing")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "programme", "area"], nulls_distinct=False, name="routing_rule_one"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} → {self.team}"


class GrievanceDeadline(WorkItemDeadline):
    item = models.ForeignKey(Grievance, on_delete=models.PROTECT, related_name="deadlines")


class GrievanceEvent(WorkItemEvent):
    grievance = models.ForeignKey(
        Grievance, on_delete=models.PROTECT, related_name="events", verbose_name=_("grievance")
    )
    state = models.CharField(_("state"), max_length=10, choices=Grievance.State.choices)


class PinFailure(models.Model):
    """A wrong PIN. ``bucket`` is a keyed digest of network and reference; the reference may not exist."""

    bucket = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("wrong PIN")
        verbose_name_plural = _("wrong PINs")
        indexes = [models.Index(fields=["bucket", "at"])]

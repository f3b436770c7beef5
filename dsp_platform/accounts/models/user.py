"""Users: citizens, commune officials and staff, with their role and scope."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models.duties import DUTIES, Duty, Rights


class Role(models.TextChoices):
    CITIZEN = "citizen", _("Citizen")
    OFFICIAL = "official", _("Commune official")
    REVIEWER = "reviewer", _("Reviewer of an operator")
    STEWARD = "steward", _("Registry steward")
    AUDITOR = "auditor", _("Auditor")


PRIVILEGED_ROLES = tuple(role for role in Role if role not in (Role.CITIZEN, Role.OFFICIAL, Role.REVIEWER))
"""Accounts with these roles need two people: ``accounts.staff.approvals``."""

# Officials work at the counter, all other staff in the admin.
ADMIN_ROLES = tuple(role for role in Role if role not in (Role.CITIZEN, Role.OFFICIAL))


class UserManager(BaseUserManager["User"]):
    def create_citizen(self, *, phone: str, language: str = "km") -> "User":
        user = self.model(phone=phone, role=Role.CITIZEN, language=language)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_staff(
        self, *, username: str, password: str | None, role: str, full_name: str = "", **extra: Any
    ) -> "User":
        """Without a password the person cannot sign in until they have followed an invitation (``staff``)."""
        user = self.model(username=username, role=role, full_name=full_name, **extra)
        user.is_staff = role in ADMIN_ROLES
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # of django-otp
    """A citizen signs in with a phone and has no password; staff have a name, a password and TOTP.

    The scope is stored as codes, because the platform knows no domain: ``area_code`` is the prefix of
    the area codes an official may access, ``operator_code`` the operator a reviewer works for.
    Empty means no scope, and no scope means nothing is visible.
    """

    phone = models.CharField(_("phone number"), max_length=16, unique=True, null=True, blank=True)
    username = models.CharField(_("user name"), max_length=64, unique=True, null=True, blank=True)
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    area_code = models.CharField(_("area code"), max_length=8, blank=True)
    operator_code = models.SlugField(_("operator code"), max_length=32, blank=True)
    duty = models.CharField(
        _("duty"), max_length=16, choices=Duty.choices, default=Duty.REVIEWER, db_default=Duty.REVIEWER
    )
    # Optional, staff only: their own person in the registry, so that conflicts of interest can be detected.
    spid = models.CharField("SPID", max_length=12, blank=True)
    language = models.CharField(_("language"), max_length=2, default="km")
    # False: ``language`` follows the language of the page at each sign-in.
    language_is_chosen = models.BooleanField(default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    # One of the few stewards who read what may bring harm to whoever told it. Given by two people.
    answers_sensitive = models.BooleanField(_("answers sensitive grievances"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    # Who had the code of their invitation, or its first half: could also have followed it themselves.
    invited_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("invited by"),
    )

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Set by django-otp: the device that verified the second factor in this session.
    otp_device: Any = None

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="user_citizen_has_phone_staff_has_name",
                condition=Q(role=Role.CITIZEN, phone__isnull=False, username__isnull=True)
                # Closed, and its number released for another account.
                | Q(role=Role.CITIZEN, phone__isnull=True, username__isnull=True, is_active=False)
                | (~Q(role=Role.CITIZEN) & Q(username__isnull=False, phone__isnull=True)),
            ),
            models.CheckConstraint(
                name="user_duty_at_an_operator", condition=Q(role=Role.REVIEWER) | Q(duty=Duty.REVIEWER)
            ),
        ]
        # The few among the citizens of the country.
        indexes = [models.Index(fields=["username"], condition=~Q(role="citizen"), name="user_staff")]

    def __str__(self) -> str:
        return self.full_name or self.username or _("citizen %(number)s") % {"number": self.pk}

    @property
    def staff_name(self) -> str:
        """For staff: full names are not unique, so the user name is added. Not for citizens."""
        return f"{self.full_name} ({self.username})" if self.full_name and self.username else str(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Always False: each page checks the role. Neither ``is_superuser`` nor a group grants anything."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def is_verified(self) -> bool:
        return self.otp_device is not None

    @property
    def is_citizen(self) -> bool:
        return self.role == Role.CITIZEN

    @property
    def is_official(self) -> bool:
        return self.role == Role.OFFICIAL

    @property
    def is_reviewer(self) -> bool:
        """Of an operator, and reads what it decides."""
        return self.role == Role.REVIEWER and self.rights.reads

    @property
    def rights(self) -> Rights:
        """By the duty: beside another role those of the first duty, which grant nothing by themselves."""
        return DUTIES.get(self.duty, Rights())

    @property
    def is_supervisor(self) -> bool:
        return self.role == Role.REVIEWER and self.rights.shares_out

    @property
    def reads_numbers(self) -> bool:
        """Of the programmes of their operator."""
        return self.role == Role.REVIEWER and self.rights.reads_numbers

    @property
    def admin_role(self) -> str:
        """By which pages of the admin open: the role, but for staff of an operator who see no applicants."""
        if self.role != Role.REVIEWER or self.rights.reads:
            return self.role
        return "catalogue_editor" if self.rights.drafts else ""

    @property
    def is_steward(self) -> bool:
        return self.role == Role.STEWARD

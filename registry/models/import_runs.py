"""One import of one file: its run, its rows before they are applied, and what the sources call whom."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedJSONField
from dsp_platform.jobs.models import Job
from registry.models.imports import ImportSource
from registry.models.person import Person


class ImportRun(models.Model):
    """One file on its way into the registry. Every long part of it is a job, found by ``job``."""

    class State(models.TextChoices):
        READING = "reading", _("the file is read")
        MATCHING = "matching", _("compared with the registry")
        STOPPED = "stopped", _("stopped: somebody must look at it")
        READY = "ready", _("read and compared: it can be proposed")
        UNCHANGED = "nothing", _("done: nothing in it is new")
        APPLYING = "applying", _("written to the registry")
        APPLIED = "applied", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        REFUSED = "refused", _("the file could not be read")
        GIVEN_UP = "given_up", _("given up")
        BROKEN_OFF = "broken", _("broken off: a part of it is written")

    # Before anything of it is written.
    BEFORE = (State.READING, State.MATCHING, State.STOPPED, State.READY)
    WORKING = (State.READING, State.MATCHING, State.APPLYING, State.UNDOING)

    objects: "ClassVar[models.Manager[ImportRun]]"

    source = models.ForeignKey(
        ImportSource, on_delete=models.PROTECT, related_name="runs", verbose_name=_("source")
    )
    # What the source said when the file came (registry.imports.sources.terms): nothing else of it is read.
    terms = models.JSONField(default=dict)
    # Empty once its rows are deleted, as are the headings and what was detected.
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    # SHA-256, in hexadecimal digits.
    digest = models.CharField(_("digest of the file"), max_length=64)
    size = models.BigIntegerField(_("size in bytes"))
    # Of the encrypted file; none once it has been read.
    file = models.UUIDField(null=True)
    # What was detected of the file: code and parameters (registry.imports.reading).
    notes = models.JSONField(_("what was detected"), default=list)
    # The headings.
    columns = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.READING)
    # Why it was stopped or refused: code and parameters.
    reason = models.JSONField(default=dict)
    rows = models.BigIntegerField(_("rows"), default=0)
    # By outcome, how many rows; by code and column, how many findings.
    outcomes = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    # Of the history of all that it writes: by it the run is undone.
    context = models.UUIDField(default=uuid4)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    # The last person there when the comparison with the registry began.
    last_person = models.BigIntegerField(default=0)
    # Who let a stopped run go on.
    continued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("told to go on by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    applied_at = models.DateTimeField(_("applied"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    # When its rows were deleted.
    purged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                name="import_maker_is_not_checker",
                condition=Q(approved_by=None) | ~Q(approved_by=F("uploaded_by")),
            ),
            models.CheckConstraint(
                name="import_applied_by_two",
                condition=~Q(state__in=["applying", "applied", "undoing", "undone"])
                | Q(approved_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or str(self.pk)

    @property
    def is_of_table(self) -> bool:
        """Whether its file is a copy of the operator's table, which nobody uploaded."""
        return not self.size


IS_NEWCOMER = "(row.outcome IN ('new', 'likely') OR row.outcome = 'twice' AND row.version IS NULL)"
"""A condition in SQL on a staged row: somebody comes in by it. Also a later row of one, which was compared
with nobody registered. Of all others is written what was read."""


class StagedRow(models.Model):
    """One row of a file, as the registry would store it. Deleted some days after its run has ended.

    ``place`` orders the rows so that the members of a household stand together: the number of the first of
    them. ``person`` is who it is, or becomes.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        FILLS = "fills", _("the same person: fills what is empty")
        CONFLICT = "conflict", _("the same person: says something else")
        AGREES = "agrees", _("the same person: says what is on record")
        KNOWN = "known", _("the same person: as this source said before")
        TWICE = "twice", _("the same person: in an earlier row already")
        LIKELY = "likely", _("likely a double: comes in, a steward decides")
        REFUSED = "refused", _("refused")

    COMES_IN = (Outcome.NEW, Outcome.LIKELY)
    OF_SOMEBODY = (Outcome.FILLS, Outcome.CONFLICT, Outcome.AGREES, Outcome.TWICE)

    objects: "ClassVar[models.Manager[StagedRow]]"

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.IntegerField()
    place = models.IntegerField()
    reference = models.CharField(max_length=128)
    household = models.CharField(max_length=128, blank=True)
    # Keyed, of all that the row says, and of each column (registry.imports.staging.named).
    digest = models.CharField(max_length=80)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.NEW)
    # Code, column and parameters of each (registry.imports.findings).
    findings = models.JSONField(default=list)
    # Of a refused row, what stood in the file.
    cells = EncryptedJSONField(null=True)
    person = models.ForeignKey(
        Person, on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    # The version of the person when they were compared, and after it was applied.
    version = models.BigIntegerField(null=True)
    applied = models.BooleanField(default=False)
    # The number of the first row that is of the same person.
    same_row = models.IntegerField(null=True)
    # Who else it may be: person or number of another row, weight and evidence of each.
    doubles = models.JSONField(default=list)
    # What applying it made.
    made = ArrayField(models.CharField(max_length=12), default=list)
    # What the source had said under this reference before, and of whom; for its being undone.
    earlier_digest = models.CharField(max_length=80, blank=True, db_default="")
    earlier_person = models.BigIntegerField(null=True)
    earlier_household = models.CharField(max_length=128, blank=True, db_default="")
    earlier_relationship = models.CharField(max_length=16, blank=True, db_default="")

    spid = models.CharField(max_length=12)
    relationship = models.CharField(max_length=16, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    latin_family_name = models.CharField(max_length=100, blank=True)
    latin_given_name = models.CharField(max_length=100, blank=True)
    name_key = models.CharField(max_length=400, blank=True)
    given_key = models.CharField(max_length=400, blank=True)
    latin_key = models.CharField(max_length=400, blank=True)
    latin_given_key = models.CharField(max_length=400, blank=True)
    # By which rows are matched, and besides them those of the whole name, by which a person is searched for.
    match_keys = ArrayField(models.BigIntegerField(), default=list)
    names_alone = ArrayField(models.BigIntegerField(), default=list)
    sex = models.CharField(max_length=6, blank=True)
    date_of_birth = models.DateField(null=True)
    birth_precision = models.CharField(max_length=5, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    village = models.CharField(max_length=8, blank=True)
    address = models.CharField(max_length=200, blank=True)
    disability_level = models.CharField(max_length=6, blank=True)
    poverty_level = models.CharField(max_length=8, blank=True)
    poverty_valid_to = models.DateField(null=True)
    # Of each: type, encrypted number, digest in hexadecimal digits.
    documents = models.JSONField(default=list)
    member_number = models.CharField(max_length=64, blank=True)
    card_number = models.CharField(max_length=64, blank=True)
    level = models.CharField(max_length=32, blank=True)
    since = models.DateField(null=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="staged_row_once")]
        indexes = [
            models.Index(fields=["run", "place"], name="staged_row_place"),
            models.Index(fields=["run", "reference"], name="staged_row_reference"),
            models.Index(fields=["run", "household"], name="staged_row_household"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class SourceRecord(models.Model):
    """What a source calls a person, and keyed digests of what it said of them last: the same file changes
    nothing when it comes again.

    Stays with a record that became an alias: what is said of it is about the record that remains, and no
    steward decided that all of it is true of that one.
    """

    source = models.ForeignKey(ImportSource, on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=128)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="source_records")
    digest = models.CharField(max_length=80)
    # What it calls their household, whose rows may come in several files.
    household = models.CharField(max_length=128, blank=True)
    relationship = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("record of a source")
        verbose_name_plural = _("records of sources")
        constraints = [models.UniqueConstraint(fields=["source", "reference"], name="source_record_once")]
        indexes = [
            models.Index(
                fields=["source", "household"], condition=~Q(household=""), name="source_record_household"
            )
        ]


class StagedPair(models.Model):
    """Two rows of a file that have a key of matching in common; until they are compared."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.IntegerField()
    other = models.IntegerField()

    class Meta:
        verbose_name = _("pair of rows to be compared")
        verbose_name_plural = _("pairs of rows to be compared")
        indexes = [models.Index(fields=["run", "number"], name="staged_pair_number")]

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.utils.timezone
import dsp_platform.database.sql_files
import dsp_platform.encryption.fields
import pgtrigger.compiler
import pgtrigger.migrations
import registry.models.claim
import uuid
from django.conf import settings
from django.db import migrations, models
from dsp_platform.database.first_migration import FirstMigration


class Migration(FirstMigration):
    initial = True

    dependencies = [
        ("approval", "0001_initial"),
        ("exchange", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("spid", models.CharField(max_length=12, unique=True, verbose_name="SPID")),
                ("family_name", models.CharField(blank=True, max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(blank=True, max_length=100, verbose_name="given name")),
                (
                    "latin_family_name",
                    models.CharField(blank=True, max_length=100, verbose_name="surname in Latin letters"),
                ),
                (
                    "latin_given_name",
                    models.CharField(blank=True, max_length=100, verbose_name="given name in Latin letters"),
                ),
                ("name_key", models.CharField(max_length=400)),
                ("given_key", models.CharField(max_length=400)),
                ("latin_key", models.CharField(blank=True, max_length=400)),
                ("latin_given_key", models.CharField(blank=True, max_length=400)),
                (
                    "match_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("origins", models.JSONField(blank=True, default=dict, verbose_name="sources")),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("date_of_birth", models.DateField(verbose_name="date of birth")),
                (
                    "birth_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="known to the",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16, verbose_name="phone number")),
                ("language", models.CharField(default="km", max_length=2, verbose_name="language")),
                (
                    "seeing",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="seeing",
                    ),
                ),
                (
                    "hearing",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="hearing",
                    ),
                ),
                (
                    "walking",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="walking",
                    ),
                ),
                (
                    "remembering",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="remembering",
                    ),
                ),
                (
                    "self_care",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="self-care",
                    ),
                ),
                (
                    "communicating",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="communicating",
                    ),
                ),
                ("pregnant", models.BooleanField(null=True, verbose_name="pregnant")),
                ("studying", models.BooleanField(null=True, verbose_name="goes to school")),
                ("working", models.BooleanField(null=True, verbose_name="works")),
                (
                    "disability_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("severe", "severe disability"),
                            ("medium", "medium disability"),
                            ("mild", "mild disability"),
                        ],
                        max_length=6,
                        verbose_name="disability identified",
                    ),
                ),
                (
                    "verification",
                    models.CharField(
                        choices=[
                            ("self", "told by the person"),
                            ("commune", "checked by the commune"),
                            ("document", "checked against a document"),
                            ("source", "checked at the source"),
                        ],
                        default="self",
                        max_length=8,
                        verbose_name="verification",
                    ),
                ),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="died")),
                (
                    "death_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="death known to the",
                    ),
                ),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered"),
                ),
                (
                    "account",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="person",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="registered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "persons",
            },
        ),
        migrations.CreateModel(
            name="Benefit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("gives", "what it gives"), ("costs", "what it costs")],
                        default="gives",
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="what for")),
                ("label_km", models.CharField(max_length=200, null=True, verbose_name="what for")),
                ("label_en", models.CharField(max_length=200, null=True, verbose_name="what for")),
                ("amount", models.PositiveIntegerField(blank=True, null=True, verbose_name="amount in riel")),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="percent"
                    ),
                ),
                ("per", models.CharField(blank=True, max_length=100, verbose_name="per")),
                ("per_km", models.CharField(blank=True, max_length=100, null=True, verbose_name="per")),
                ("per_en", models.CharField(blank=True, max_length=100, null=True, verbose_name="per")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "that day"),
                            ("month", "in that month"),
                            ("about", "about that month"),
                            ("unknown", "not public: it was in force on that day"),
                        ],
                        default="day",
                        max_length=7,
                        verbose_name="valid from is",
                    ),
                ),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                (
                    "confidential",
                    models.BooleanField(
                        default=False,
                        help_text="Shown on no page, in no list and on no print.",
                        verbose_name="confidential",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="source")),
                ("source_km", models.CharField(blank=True, max_length=300, null=True, verbose_name="source")),
                ("source_en", models.CharField(blank=True, max_length=300, null=True, verbose_name="source")),
            ],
            options={
                "verbose_name": "benefit",
                "verbose_name_plural": "benefits",
                "ordering": ["programme", "-valid_from", "id"],
            },
        ),
        migrations.CreateModel(
            name="LifeSituation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("name_km", models.CharField(max_length=100, null=True, verbose_name="name")),
                ("name_en", models.CharField(max_length=100, null=True, verbose_name="name")),
                ("picture", models.SlugField(blank=True, max_length=32, verbose_name="picture")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "life situation",
                "verbose_name_plural": "life situations",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                (
                    "code",
                    models.CharField(max_length=8, primary_key=True, serialize=False, verbose_name="code"),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "province or capital"),
                            ("district", "district or khan"),
                            ("commune", "commune or sangkat"),
                            ("village", "village"),
                        ],
                        max_length=8,
                        verbose_name="level",
                    ),
                ),
                ("name_km", models.CharField(max_length=100, verbose_name="Khmer name")),
                ("name_latin", models.CharField(max_length=100, verbose_name="name in Latin letters")),
                ("key_km", models.CharField(max_length=200)),
                ("key_latin", models.CharField(max_length=200)),
                ("address_keys", django.contrib.postgres.search.SearchVectorField()),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="registry.area",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "area",
                "verbose_name_plural": "areas",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="AreaEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=8, serialize=False, verbose_name="code")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "province or capital"),
                            ("district", "district or khan"),
                            ("commune", "commune or sangkat"),
                            ("village", "village"),
                        ],
                        max_length=8,
                        verbose_name="level",
                    ),
                ),
                ("name_km", models.CharField(max_length=100, verbose_name="Khmer name")),
                ("name_latin", models.CharField(max_length=100, verbose_name="name in Latin letters")),
                ("key_km", models.CharField(max_length=200)),
                ("key_latin", models.CharField(max_length=200)),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                (
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.area",
                        verbose_name="part of",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.area",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AwaitingMatch",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="registry.person",
                    ),
                ),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("taken_until", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "person to be compared",
                "verbose_name_plural": "persons to be compared",
            },
        ),
        migrations.AddField(
            model_name="person",
            name="village",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.area",
                verbose_name="village",
            ),
        ),
        migrations.CreateModel(
            name="Deceased",
            fields=[],
            options={
                "verbose_name": "person recorded as dead",
                "verbose_name_plural": "persons recorded as dead",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("registry.person",),
        ),
        migrations.CreateModel(
            name="ChangeRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=16, unique=True, verbose_name="reference")),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                ("language", models.CharField(default="km", max_length=2, verbose_name="language")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="deadline")),
                ("kind", models.CharField(max_length=20, verbose_name="what changes")),
                ("answers", dsp_platform.encryption.fields.EncryptedJSONField(default=dict)),
                ("basis", dsp_platform.encryption.fields.EncryptedJSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the commune"),
                            ("more_asked", "a document is asked for"),
                            ("applied", "done"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("ended", "ended"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("assisted_session_id", models.UUIDField(null=True, verbose_name="case")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                (
                    "confirmation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "asked for it themselves"),
                            ("phone", "by a code to their phone"),
                            ("old_commune", "by the commune where they lived"),
                        ],
                        max_length=12,
                        verbose_name="confirmation by who moves",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
                ("confirmed_terms", models.BinaryField(max_length=32, null=True)),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "asked_for",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="registry.person",
                        verbose_name="asked by",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmation taken by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "mover",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="who moves",
                    ),
                ),
                (
                    "old_village",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.area",
                        verbose_name="village moved from",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="about",
                    ),
                ),
                (
                    "registered",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="registered by it",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.area",
                        verbose_name="village",
                    ),
                ),
            ],
            options={
                "verbose_name": "change request",
                "verbose_name_plural": "change requests",
            },
        ),
        migrations.CreateModel(
            name="ChangeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("step", models.CharField(max_length=16, verbose_name="step")),
                ("source", models.CharField(blank=True, max_length=8, verbose_name="by way of")),
                ("reason", models.CharField(blank=True, max_length=32, verbose_name="reason")),
                ("note", dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name="note")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the commune"),
                            ("more_asked", "a document is asked for"),
                            ("applied", "done"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("ended", "ended"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="actor",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="registry.changerequest",
                        verbose_name="change request",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChangeDraft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("assisted_session_id", models.UUIDField(null=True)),
                ("kind", models.CharField(max_length=20)),
                ("answers", dsp_platform.encryption.fields.EncryptedJSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.changerequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a change",
                "verbose_name_plural": "drafts of changes",
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("nonce", models.BinaryField(default=registry.models.claim.new_nonce, max_length=32)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField()),
                ("identity_digest", models.BinaryField(max_length=32)),
                ("number_digest", models.BinaryField(max_length=32)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registry.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("operator_code", models.SlugField(blank=True, max_length=32, verbose_name="operator")),
                ("purpose", models.CharField(max_length=300, verbose_name="purpose")),
                ("text_digest", models.BinaryField(max_length=32)),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "online"),
                            ("counter", "read out at the counter"),
                            ("paper", "on paper"),
                        ],
                        max_length=8,
                        verbose_name="how given",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="given by",
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="witness",
                    ),
                ),
            ],
            options={
                "verbose_name": "consent",
                "verbose_name_plural": "consents",
            },
        ),
        migrations.CreateModel(
            name="DuplicateCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=16, unique=True, verbose_name="reference")),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                ("language", models.CharField(default="km", max_length=2, verbose_name="language")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="deadline")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for a steward"),
                            ("asked", "the commune is asked"),
                            ("same", "the same person"),
                            ("different", "two persons"),
                            ("ended", "ended"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("weight", models.FloatField(verbose_name="weight")),
                ("evidence", models.JSONField(default=list, verbose_name="evidence")),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="found")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("same", "it is one person"),
                            ("different", "they are two persons"),
                            ("unknown", "nobody here can tell"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="answer of the commune",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="first record",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approval.proposal",
                        verbose_name="proposal",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="second record",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.area",
                        verbose_name="village",
                    ),
                ),
            ],
            options={
                "verbose_name": "likely duplicate",
                "verbose_name_plural": "likely duplicates",
            },
        ),
        migrations.CreateModel(
            name="DuplicateCaseEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("step", models.CharField(max_length=16, verbose_name="step")),
                ("source", models.CharField(blank=True, max_length=8, verbose_name="by way of")),
                ("reason", models.CharField(blank=True, max_length=32, verbose_name="reason")),
                ("note", dsp_platform.encryption.fields.EncryptedTextField(null=True, verbose_name="note")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for a steward"),
                            ("asked", "the commune is asked"),
                            ("same", "the same person"),
                            ("different", "two persons"),
                            ("ended", "ended"),
                        ],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="actor",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="registry.duplicatecase",
                        verbose_name="likely duplicate",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("suspended", "suspended"), ("ended", "ended")],
                        default="active",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("since", models.DateField(verbose_name="since")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "operator_reference",
                    models.CharField(blank=True, max_length=128, verbose_name="operator's number"),
                ),
                ("member_number", models.CharField(blank=True, max_length=64, verbose_name="member number")),
                ("card_number", models.CharField(blank=True, max_length=64, verbose_name="card number")),
                ("level", models.CharField(blank=True, max_length=32, verbose_name="level")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "enrolment",
                "verbose_name_plural": "enrolments",
            },
        ),
        migrations.CreateModel(
            name="Household",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=16, unique=True, verbose_name="number")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                (
                    "poverty_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("level1", "poor level 1"),
                            ("level2", "poor level 2"),
                            ("at_risk", "at-risk household"),
                            ("not_poor", "not poor"),
                        ],
                        max_length=8,
                        verbose_name="poverty level",
                    ),
                ),
                (
                    "poverty_valid_to",
                    models.DateField(blank=True, null=True, verbose_name="poverty level valid to"),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed")),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered"),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="payee",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.area",
                        verbose_name="village",
                    ),
                ),
            ],
            options={
                "verbose_name": "household",
                "verbose_name_plural": "households",
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("assisted_session_id", models.UUIDField(null=True)),
                ("answers", dsp_platform.encryption.fields.EncryptedJSONField(default=dict)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="registry.household"
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                (
                    "operator_code",
                    models.SlugField(blank=True, db_index=False, max_length=32, verbose_name="operator"),
                ),
                ("purpose", models.CharField(max_length=300, verbose_name="purpose")),
                ("text_digest", models.BinaryField(max_length=32)),
                ("language", models.CharField(max_length=2, verbose_name="language")),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "online"),
                            ("counter", "read out at the counter"),
                            ("paper", "on paper"),
                        ],
                        max_length=8,
                        verbose_name="how given",
                    ),
                ),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "given_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="given by",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.consent",
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="witness",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.household",
                        verbose_name="household",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="household",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="registry.household",
                verbose_name="household",
            ),
        ),
        migrations.CreateModel(
            name="ChangeRequestEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=16, verbose_name="reference")),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                ("language", models.CharField(default="km", max_length=2, verbose_name="language")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="deadline")),
                ("kind", models.CharField(max_length=20, verbose_name="what changes")),
                ("answers", dsp_platform.encryption.fields.EncryptedJSONField(default=dict)),
                ("basis", dsp_platform.encryption.fields.EncryptedJSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for the commune"),
                            ("more_asked", "a document is asked for"),
                            ("applied", "done"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("ended", "ended"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("assisted_session_id", models.UUIDField(null=True, verbose_name="case")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                (
                    "confirmation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own", "asked for it themselves"),
                            ("phone", "by a code to their phone"),
                            ("old_commune", "by the commune where they lived"),
                        ],
                        max_length=12,
                        verbose_name="confirmation by who moves",
                    ),
                ),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmed")),
                ("confirmed_terms", models.BinaryField(max_length=32, null=True)),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "asked_for",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="asked by",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmation taken by",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "mover",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="who moves",
                    ),
                ),
                (
                    "old_village",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.area",
                        verbose_name="village moved from",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="about",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="registry.changerequest",
                    ),
                ),
                (
                    "registered",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="registered by it",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.area",
                        verbose_name="village",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.household",
                        verbose_name="household",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="changerequest",
            name="household",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changes",
                to="registry.household",
                verbose_name="household",
            ),
        ),
        migrations.CreateModel(
            name="HouseholdEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=16, verbose_name="number")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="address")),
                (
                    "poverty_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("level1", "poor level 1"),
                            ("level2", "poor level 2"),
                            ("at_risk", "at-risk household"),
                            ("not_poor", "not poor"),
                        ],
                        max_length=8,
                        verbose_name="poverty level",
                    ),
                ),
                (
                    "poverty_valid_to",
                    models.DateField(blank=True, null=True, verbose_name="poverty level valid to"),
                ),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="closed")),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered"),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="payee",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.household",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.area",
                        verbose_name="village",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="IdentityDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("identity_card", "Khmer identity card"),
                            ("personal_code", "Personal identification code"),
                            ("birth_certificate", "Birth certificate"),
                            ("family_book", "Family book"),
                            ("residence_book", "Residence book"),
                            ("passport", "Passport"),
                            ("equity_card", "Equity Card"),
                            ("nssf", "NSSF membership card"),
                            ("disability_card", "Disability card"),
                        ],
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                ("number", dsp_platform.encryption.fields.EncryptedTextField(verbose_name="number")),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "identity document",
                "verbose_name_plural": "identity documents",
            },
        ),
        migrations.CreateModel(
            name="IdentityDocumentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("identity_card", "Khmer identity card"),
                            ("personal_code", "Personal identification code"),
                            ("birth_certificate", "Birth certificate"),
                            ("family_book", "Family book"),
                            ("residence_book", "Residence book"),
                            ("passport", "Passport"),
                            ("equity_card", "Equity Card"),
                            ("nssf", "NSSF membership card"),
                            ("disability_card", "Disability card"),
                        ],
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                ("number", dsp_platform.encryption.fields.EncryptedTextField(verbose_name="number")),
                ("digest", models.BinaryField(max_length=32)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.identitydocument",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="KeySetup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account", "account opened"),
                            ("phone", "phone of the account replaced"),
                            ("contact", "phone on record changed"),
                            ("registration", "registered again in another household"),
                        ],
                        max_length=12,
                        verbose_name="what was set up",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                (
                    "official",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="official",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_setups",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "setup of a key",
                "verbose_name_plural": "setups of keys",
            },
        ),
        migrations.CreateModel(
            name="LifeSituationEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, max_length=32, verbose_name="code")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "picture",
                    models.SlugField(blank=True, db_index=False, max_length=32, verbose_name="picture"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.lifesituation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Lookup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("assisted_session_id", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("document", "a document was typed that is registered"),
                            ("typed", "a document was typed"),
                            ("search", "a search at the counter"),
                        ],
                        max_length=8,
                    ),
                ),
                ("numbers", models.JSONField(default=list)),
                ("weight", models.PositiveSmallIntegerField(default=1)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "look-up",
                "verbose_name_plural": "look-ups",
            },
        ),
        migrations.CreateModel(
            name="LostNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("phone", models.CharField(max_length=16, verbose_name="phone number")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lost_numbers",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "lost number",
                "verbose_name_plural": "lost numbers",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "relationship",
                    models.CharField(
                        choices=[
                            ("head", "Head of household"),
                            ("spouse", "Husband or wife"),
                            ("child", "Son or daughter"),
                            ("parent", "Father or mother"),
                            ("sibling", "Brother or sister"),
                            ("grandchild", "Grandchild"),
                            ("grandparent", "Grandparent"),
                            ("other_relative", "Other relative"),
                            ("not_related", "Not related"),
                        ],
                        max_length=16,
                        verbose_name="relationship to the head",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="since")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "ended_by_death",
                    models.BooleanField(default=False, verbose_name="lived there until death"),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="registry.household",
                        verbose_name="household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
            },
        ),
        migrations.CreateModel(
            name="MembershipEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                (
                    "relationship",
                    models.CharField(
                        choices=[
                            ("head", "Head of household"),
                            ("spouse", "Husband or wife"),
                            ("child", "Son or daughter"),
                            ("parent", "Father or mother"),
                            ("sibling", "Brother or sister"),
                            ("grandchild", "Grandchild"),
                            ("grandparent", "Grandparent"),
                            ("other_relative", "Other relative"),
                            ("not_related", "Not related"),
                        ],
                        max_length=16,
                        verbose_name="relationship to the head",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="since")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "ended_by_death",
                    models.BooleanField(default=False, verbose_name="lived there until death"),
                ),
                (
                    "household",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.household",
                        verbose_name="household",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.membership",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("snapshot", dsp_platform.encryption.fields.EncryptedJSONField(default=dict)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="registry.duplicatecase",
                        verbose_name="case",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="registry.person",
                        verbose_name="record that remains",
                    ),
                ),
                (
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="record that became an alias",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="undone by",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge of two records",
                "verbose_name_plural": "merges of records",
            },
        ),
        migrations.CreateModel(
            name="MoverConfirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("assisted_session_id", models.UUIDField(verbose_name="case")),
                ("terms", models.BinaryField(max_length=32, null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "confirmation of another household",
                "verbose_name_plural": "confirmations of another household",
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.PositiveIntegerField(verbose_name="amount in riel")),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("operator_reference", models.CharField(max_length=128, verbose_name="operator's number")),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="registry.enrolment",
                        verbose_name="enrolment",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("amount", models.PositiveIntegerField(verbose_name="amount in riel")),
                ("paid_on", models.DateField(verbose_name="paid on")),
                ("operator_reference", models.CharField(max_length=128, verbose_name="operator's number")),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.enrolment",
                        verbose_name="enrolment",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.payment",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PersonEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("spid", models.CharField(max_length=12, verbose_name="SPID")),
                ("family_name", models.CharField(blank=True, max_length=100, verbose_name="surname")),
                ("given_name", models.CharField(blank=True, max_length=100, verbose_name="given name")),
                (
                    "latin_family_name",
                    models.CharField(blank=True, max_length=100, verbose_name="surname in Latin letters"),
                ),
                (
                    "latin_given_name",
                    models.CharField(blank=True, max_length=100, verbose_name="given name in Latin letters"),
                ),
                ("name_key", models.CharField(max_length=400)),
                ("given_key", models.CharField(max_length=400)),
                ("latin_key", models.CharField(blank=True, max_length=400)),
                ("latin_given_key", models.CharField(blank=True, max_length=400)),
                ("origins", models.JSONField(blank=True, default=dict, verbose_name="sources")),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male")], max_length=6, verbose_name="sex"
                    ),
                ),
                ("date_of_birth", models.DateField(verbose_name="date of birth")),
                (
                    "birth_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="known to the",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=16, verbose_name="phone number")),
                ("language", models.CharField(default="km", max_length=2, verbose_name="language")),
                (
                    "seeing",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="seeing",
                    ),
                ),
                (
                    "hearing",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="hearing",
                    ),
                ),
                (
                    "walking",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="walking",
                    ),
                ),
                (
                    "remembering",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="remembering",
                    ),
                ),
                (
                    "self_care",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="self-care",
                    ),
                ),
                (
                    "communicating",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "No - no difficulty"),
                            (2, "Yes - some difficulty"),
                            (3, "Yes - a lot of difficulty"),
                            (4, "Cannot do at all"),
                        ],
                        null=True,
                        verbose_name="communicating",
                    ),
                ),
                ("pregnant", models.BooleanField(null=True, verbose_name="pregnant")),
                ("studying", models.BooleanField(null=True, verbose_name="goes to school")),
                ("working", models.BooleanField(null=True, verbose_name="works")),
                (
                    "disability_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("severe", "severe disability"),
                            ("medium", "medium disability"),
                            ("mild", "mild disability"),
                        ],
                        max_length=6,
                        verbose_name="disability identified",
                    ),
                ),
                (
                    "verification",
                    models.CharField(
                        choices=[
                            ("self", "told by the person"),
                            ("commune", "checked by the commune"),
                            ("document", "checked against a document"),
                            ("source", "checked at the source"),
                        ],
                        default="self",
                        max_length=8,
                        verbose_name="verification",
                    ),
                ),
                ("died_on", models.DateField(blank=True, null=True, verbose_name="died")),
                (
                    "death_precision",
                    models.CharField(
                        choices=[("day", "day"), ("month", "month"), ("year", "year")],
                        default="day",
                        max_length=5,
                        verbose_name="death known to the",
                    ),
                ),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="registered"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="merged into",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.person",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="registered by",
                    ),
                ),
                (
                    "village",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.area",
                        verbose_name="village",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PhoneReplacement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=16, unique=True, verbose_name="reference")),
                ("phone", models.CharField(max_length=16, verbose_name="new phone")),
                (
                    "notified_phones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        size=None,
                        verbose_name="phones that were told",
                    ),
                ),
                ("reason", models.CharField(max_length=32, verbose_name="reason")),
                ("document", models.CharField(max_length=20, verbose_name="document checked")),
                ("assisted_session_id", models.UUIDField(null=True, verbose_name="case")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                ("due_at", models.DateTimeField(verbose_name="holds without an objection from")),
                (
                    "second_only",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="only with a second official"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for a second official, or for the last day"),
                            ("applied", "replaced"),
                            ("objected", "stopped: the person objected"),
                            ("stopped", "an official stopped it at an office"),
                            ("withdrawn", "taken back by who asked for it"),
                            ("overtaken", "ended: something changed meanwhile"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("objected", "somebody objected"),
                            ("stopped", "an official stopped it"),
                            ("withdrawn", "the office took it back"),
                            ("taken", "the new number has another account"),
                            ("draft", "a registration was begun with the new number"),
                            ("changed", "the account was changed meanwhile"),
                            ("gone", "the record was closed"),
                            ("closed", "the account was closed"),
                            ("alone", "no second official confirmed it"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                        verbose_name="why it was not done",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacements",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "replacement of a phone",
                "verbose_name_plural": "replacements of phones",
            },
        ),
        migrations.CreateModel(
            name="UnusualAction",
            fields=[],
            options={
                "verbose_name": "unusual action",
                "verbose_name_plural": "unusual actions",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("registry.phonereplacement",),
        ),
        migrations.CreateModel(
            name="PhoneReplacementEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=16, verbose_name="reference")),
                ("phone", models.CharField(max_length=16, verbose_name="new phone")),
                (
                    "notified_phones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        size=None,
                        verbose_name="phones that were told",
                    ),
                ),
                ("reason", models.CharField(max_length=32, verbose_name="reason")),
                ("document", models.CharField(max_length=20, verbose_name="document checked")),
                ("assisted_session_id", models.UUIDField(null=True, verbose_name="case")),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="asked")),
                ("due_at", models.DateTimeField(verbose_name="holds without an objection from")),
                (
                    "second_only",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="only with a second official"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for a second official, or for the last day"),
                            ("applied", "replaced"),
                            ("objected", "stopped: the person objected"),
                            ("stopped", "an official stopped it at an office"),
                            ("withdrawn", "taken back by who asked for it"),
                            ("overtaken", "ended: something changed meanwhile"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("objected", "somebody objected"),
                            ("stopped", "an official stopped it"),
                            ("withdrawn", "the office took it back"),
                            ("taken", "the new number has another account"),
                            ("draft", "a registration was begun with the new number"),
                            ("changed", "the account was changed meanwhile"),
                            ("gone", "the record was closed"),
                            ("closed", "the account was closed"),
                            ("alone", "no second official confirmed it"),
                        ],
                        db_default="",
                        default="",
                        max_length=10,
                        verbose_name="why it was not done",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.phonereplacement",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=32, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_km", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("name_en", models.CharField(max_length=200, null=True, verbose_name="name")),
                ("summary", models.CharField(max_length=300, verbose_name="in one sentence")),
                ("summary_km", models.CharField(max_length=300, null=True, verbose_name="in one sentence")),
                ("summary_en", models.CharField(max_length=300, null=True, verbose_name="in one sentence")),
                ("for_whom", models.TextField(blank=True, verbose_name="for whom")),
                ("for_whom_km", models.TextField(blank=True, null=True, verbose_name="for whom")),
                ("for_whom_en", models.TextField(blank=True, null=True, verbose_name="for whom")),
                (
                    "documents",
                    models.TextField(
                        blank=True, help_text="One line for each document.", verbose_name="documents to bring"
                    ),
                ),
                (
                    "documents_km",
                    models.TextField(
                        blank=True,
                        help_text="One line for each document.",
                        null=True,
                        verbose_name="documents to bring",
                    ),
                ),
                (
                    "documents_en",
                    models.TextField(
                        blank=True,
                        help_text="One line for each document.",
                        null=True,
                        verbose_name="documents to bring",
                    ),
                ),
                ("how_long", models.CharField(blank=True, max_length=200, verbose_name="how long it takes")),
                (
                    "how_long_km",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="how long it takes"),
                ),
                (
                    "how_long_en",
                    models.CharField(blank=True, max_length=200, null=True, verbose_name="how long it takes"),
                ),
                (
                    "gives",
                    models.TextField(
                        blank=True,
                        help_text="What has no amount. One line for each.",
                        verbose_name="what it gives, in words",
                    ),
                ),
                (
                    "gives_km",
                    models.TextField(
                        blank=True,
                        help_text="What has no amount. One line for each.",
                        null=True,
                        verbose_name="what it gives, in words",
                    ),
                ),
                (
                    "gives_en",
                    models.TextField(
                        blank=True,
                        help_text="What has no amount. One line for each.",
                        null=True,
                        verbose_name="what it gives, in words",
                    ),
                ),
                (
                    "how_to",
                    models.TextField(
                        blank=True, help_text="One line for each step.", verbose_name="how to get it"
                    ),
                ),
                (
                    "how_to_km",
                    models.TextField(
                        blank=True,
                        help_text="One line for each step.",
                        null=True,
                        verbose_name="how to get it",
                    ),
                ),
                (
                    "how_to_en",
                    models.TextField(
                        blank=True,
                        help_text="One line for each step.",
                        null=True,
                        verbose_name="how to get it",
                    ),
                ),
                (
                    "contact",
                    models.CharField(
                        blank=True,
                        help_text="Only what is public. Empty: not known.",
                        max_length=200,
                        verbose_name="how to reach who runs it",
                    ),
                ),
                (
                    "contact_km",
                    models.CharField(
                        blank=True,
                        help_text="Only what is public. Empty: not known.",
                        max_length=200,
                        null=True,
                        verbose_name="how to reach who runs it",
                    ),
                ),
                (
                    "contact_en",
                    models.CharField(
                        blank=True,
                        help_text="Only what is public. Empty: not known.",
                        max_length=200,
                        null=True,
                        verbose_name="how to reach who runs it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("paused", "Paused"),
                            ("seasonal", "Seasonal"),
                            ("closed", "Closed"),
                        ],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "state_note",
                    models.CharField(
                        blank=True,
                        help_text="Why it is paused or closed, or when its season is.",
                        max_length=300,
                        verbose_name="what the state means",
                    ),
                ),
                (
                    "state_note_km",
                    models.CharField(
                        blank=True,
                        help_text="Why it is paused or closed, or when its season is.",
                        max_length=300,
                        null=True,
                        verbose_name="what the state means",
                    ),
                ),
                (
                    "state_note_en",
                    models.CharField(
                        blank=True,
                        help_text="Why it is paused or closed, or when its season is.",
                        max_length=300,
                        null=True,
                        verbose_name="what the state means",
                    ),
                ),
                (
                    "opens_on",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which one can apply.",
                        null=True,
                        verbose_name="opens on",
                    ),
                ),
                (
                    "closes_on",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which one can apply.",
                        null=True,
                        verbose_name="closes on",
                    ),
                ),
                ("takes_applications", models.BooleanField(default=True, verbose_name="takes applications")),
                ("rule", models.TextField(blank=True, verbose_name="rule")),
                ("rule_version", models.PositiveIntegerField(default=1, verbose_name="rule version")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="source")),
                ("source_km", models.CharField(blank=True, max_length=300, null=True, verbose_name="source")),
                ("source_en", models.CharField(blank=True, max_length=300, null=True, verbose_name="source")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "expected_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="In how many days an application is usually decided. Empty: not known.",
                        null=True,
                        verbose_name="days to a decision",
                    ),
                ),
                (
                    "appeal_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Within how many days of a decision one may appeal. Empty: no last day is known.",
                        null=True,
                        verbose_name="days to appeal",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="exchange.operator",
                        verbose_name="operator",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="exchange.operator",
                        verbose_name="paid by another operator",
                    ),
                ),
            ],
            options={
                "verbose_name": "programme",
                "verbose_name_plural": "programmes",
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("suspended", "suspended"), ("ended", "ended")],
                        default="active",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("since", models.DateField(verbose_name="since")),
                ("until", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "operator_reference",
                    models.CharField(blank=True, max_length=128, verbose_name="operator's number"),
                ),
                ("member_number", models.CharField(blank=True, max_length=64, verbose_name="member number")),
                ("card_number", models.CharField(blank=True, max_length=64, verbose_name="card number")),
                ("level", models.CharField(blank=True, max_length=32, verbose_name="level")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.person",
                        verbose_name="person",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.enrolment",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.programme",
                        verbose_name="programme",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="registry.programme",
                verbose_name="programme",
            ),
        ),
        migrations.CreateModel(
            name="BenefitEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("gives", "what it gives"), ("costs", "what it costs")],
                        default="gives",
                        max_length=5,
                        verbose_name="kind",
                    ),
                ),
                ("label", models.CharField(max_length=200, verbose_name="what for")),
                ("amount", models.PositiveIntegerField(blank=True, null=True, verbose_name="amount in riel")),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="percent"
                    ),
                ),
                ("per", models.CharField(blank=True, max_length=100, verbose_name="per")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "that day"),
                            ("month", "in that month"),
                            ("about", "about that month"),
                            ("unknown", "not public: it was in force on that day"),
                        ],
                        default="day",
                        max_length=7,
                        verbose_name="valid from is",
                    ),
                ),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                (
                    "confidential",
                    models.BooleanField(
                        default=False,
                        help_text="Shown on no page, in no list and on no print.",
                        verbose_name="confidential",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="source")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.benefit",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.programme",
                        verbose_name="programme",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="benefit",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="benefits",
                to="registry.programme",
                verbose_name="programme",
            ),
        ),
        migrations.CreateModel(
            name="ProgrammeEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                ("code", models.SlugField(db_index=False, max_length=32, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("summary", models.CharField(max_length=300, verbose_name="in one sentence")),
                ("for_whom", models.TextField(blank=True, verbose_name="for whom")),
                (
                    "documents",
                    models.TextField(
                        blank=True, help_text="One line for each document.", verbose_name="documents to bring"
                    ),
                ),
                ("how_long", models.CharField(blank=True, max_length=200, verbose_name="how long it takes")),
                (
                    "gives",
                    models.TextField(
                        blank=True,
                        help_text="What has no amount. One line for each.",
                        verbose_name="what it gives, in words",
                    ),
                ),
                (
                    "how_to",
                    models.TextField(
                        blank=True, help_text="One line for each step.", verbose_name="how to get it"
                    ),
                ),
                (
                    "contact",
                    models.CharField(
                        blank=True,
                        help_text="Only what is public. Empty: not known.",
                        max_length=200,
                        verbose_name="how to reach who runs it",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("paused", "Paused"),
                            ("seasonal", "Seasonal"),
                            ("closed", "Closed"),
                        ],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "state_note",
                    models.CharField(
                        blank=True,
                        help_text="Why it is paused or closed, or when its season is.",
                        max_length=300,
                        verbose_name="what the state means",
                    ),
                ),
                (
                    "opens_on",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which one can apply.",
                        null=True,
                        verbose_name="opens on",
                    ),
                ),
                (
                    "closes_on",
                    models.DateField(
                        blank=True,
                        help_text="The last day on which one can apply.",
                        null=True,
                        verbose_name="closes on",
                    ),
                ),
                ("takes_applications", models.BooleanField(default=True, verbose_name="takes applications")),
                ("rule", models.TextField(blank=True, verbose_name="rule")),
                ("rule_version", models.PositiveIntegerField(default=1, verbose_name="rule version")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="source")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "expected_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="In how many days an application is usually decided. Empty: not known.",
                        null=True,
                        verbose_name="days to a decision",
                    ),
                ),
                (
                    "appeal_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Within how many days of a decision one may appeal. Empty: no last day is known.",
                        null=True,
                        verbose_name="days to appeal",
                    ),
                ),
                (
                    "operator",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.operator",
                        verbose_name="operator",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="exchange.operator",
                        verbose_name="paid by another operator",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.programme",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProgrammeSituation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="registry.programme",
                        verbose_name="programme",
                    ),
                ),
                (
                    "situation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="registry.lifesituation",
                        verbose_name="life situation",
                    ),
                ),
            ],
            options={
                "verbose_name": "life situation of a programme",
                "verbose_name_plural": "life situations of a programme",
            },
        ),
        migrations.AddField(
            model_name="lifesituation",
            name="programmes",
            field=models.ManyToManyField(
                related_name="situations",
                through="registry.ProgrammeSituation",
                to="registry.programme",
                verbose_name="programmes",
            ),
        ),
        migrations.CreateModel(
            name="ProgrammeSituationEvent",
            fields=[
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("id", models.BigIntegerField()),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="registry.programmesituation",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.programme",
                        verbose_name="programme",
                    ),
                ),
                (
                    "situation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="registry.lifesituation",
                        verbose_name="life situation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RareFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=20, verbose_name="what is rare")),
                ("fact", dsp_platform.encryption.fields.EncryptedJSONField()),
                ("persons", models.JSONField(default=list)),
                (
                    "confirmed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="confirmed"),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rare_facts",
                        to="registry.household",
                        verbose_name="household",
                    ),
                ),
            ],
            options={
                "verbose_name": "rare fact of a registration",
                "verbose_name_plural": "rare facts of registrations",
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="rule version")),
                ("rule", models.TextField(blank=True, verbose_name="rule")),
                ("holds_from", models.DateTimeField(verbose_name="holds from")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rule_versions",
                        to="registry.programme",
                        verbose_name="programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of the rule",
                "verbose_name_plural": "versions of the rule",
                "ordering": ["programme", "-number"],
            },
        ),
        migrations.AddIndex(
            model_name="area",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["address_keys"], name="area_address_keys"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="area",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_areaevent" ("code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to", "code", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="11f05359b952213a43fa2c501fa887a9154bc838",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_179bb",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_area",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="area",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_areaevent" ("code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to", "code", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to" FROM new_rows EXCEPT SELECT "code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to" FROM old_rows) AS rows; RETURN NULL;',
                    hash="1ccf07c514039dd438c331e52029df0443a7c5f0",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_f7ddb",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_area",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="area",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_areaevent" ("code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "code", "level", "parent_id", "name_km", "name_latin", "key_km", "key_latin", "valid_from", "valid_to", "code", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="16095a95769de603376ad5b9b031a54a1a3809e8",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_d5f0c",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_area",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="awaitingmatch",
            index=models.Index(fields=["since"], name="awaiting_match_since"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("name_key", "varchar_pattern_ops"),
                name="person_name_key",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("given_key", "varchar_pattern_ops"),
                name="person_given_key",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("latin_key", "varchar_pattern_ops"),
                name="person_latin_key",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass("latin_given_key", "varchar_pattern_ops"),
                name="person_latin_given_key",
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(fields=["match_keys"], name="person_match_keys"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="person_phone"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("family_name", ""), ("given_name", ""), _negated=True),
                name="person_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("spid__regex", "^\\d{12}$")), name="person_spid_12_digits"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("birth_precision", "day"),
                    models.Q(("birth_precision", "month"), ("date_of_birth__day", 1)),
                    models.Q(
                        ("birth_precision", "year"), ("date_of_birth__day", 1), ("date_of_birth__month", 1)
                    ),
                    _connector="OR",
                ),
                name="person_born_first_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("died_on", None),
                    ("death_precision", "day"),
                    models.Q(("death_precision", "month"), ("died_on__day", 1)),
                    models.Q(("death_precision", "year"), ("died_on__day", 1), ("died_on__month", 1)),
                    _connector="OR",
                ),
                name="person_died_first_day",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_personevent" ("id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="8d5466a7b1d38b98bb0530927e56086e5212465f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_e425c",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_personevent" ("id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id" FROM new_rows EXCEPT SELECT "id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id" FROM old_rows) AS rows; RETURN NULL;',
                    hash="5668be70f97400a192156b6ddaa27ac764177d25",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_38cc6",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="person",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_personevent" ("id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "spid", "family_name", "given_name", "latin_family_name", "latin_given_name", "name_key", "given_key", "latin_key", "latin_given_key", "origins", "sex", "date_of_birth", "birth_precision", "phone", "village_id", "language", "seeing", "hearing", "walking", "remembering", "self_care", "communicating", "pregnant", "studying", "working", "disability_level", "verification", "account_id", "merged_into_id", "died_on", "death_precision", "version", "created_at", "registered_by_id", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="c7326aa0a0052d69398f4b0770bc483a6d039818",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_de0fd",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_person",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changeevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ebad748eeb8c07d411b13a4090bf1c91fbaf92ec",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_24d30",
                    table="registry_changeevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="changedraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("assisted_session_id", None)),
                fields=("owner", "kind"),
                name="changedraft_one_per_citizen",
            ),
        ),
        migrations.AddConstraint(
            model_name="changedraft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("assisted_session_id", None), _negated=True),
                fields=("assisted_session_id", "kind"),
                name="changedraft_one_per_assisted_session",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["account", "created_at"], name="claim_account"),
        ),
        migrations.AddIndex(
            model_name="duplicatecase",
            index=models.Index(
                models.Case(
                    models.When(state__in=("waiting", "asked"), then=models.Value(0)),
                    default=models.Value(1),
                    output_field=models.IntegerField(),
                ),
                models.F("found_at"),
                models.F("id"),
                name="duplicate_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="duplicatecase",
            index=models.Index(fields=["second"], name="duplicate_second"),
        ),
        migrations.AddIndex(
            model_name="duplicatecase",
            index=models.Index(
                condition=models.Q(("state", "asked")), fields=["village", "found_at"], name="duplicate_asked"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicatecase",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="duplicate_pair_once"),
        ),
        migrations.AddConstraint(
            model_name="duplicatecase",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="duplicate_pair_ordered"
            ),
        ),
        migrations.AddConstraint(
            model_name="duplicatecase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["same", "different"]), _negated=True),
                    ("decided_by__isnull", False),
                    _connector="OR",
                ),
                name="duplicate_decided_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="duplicatecaseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="972746dcdb7f7d0face8843ee9bf080ee935edec",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_26667",
                    table="registry_duplicatecaseevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_householdevent" ("id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="829fb0f89f4b9e7bf36d1c38a0f8f317cc767778",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_9cd01",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_household",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_householdevent" ("id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at" FROM new_rows EXCEPT SELECT "id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at" FROM old_rows) AS rows; RETURN NULL;',
                    hash="d892610e80128a400f2d522ba7f7cdbfae750eb4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_94ab0",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_household",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="household",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_householdevent" ("id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "number", "village_id", "address", "poverty_level", "poverty_valid_to", "payee_id", "closed_on", "version", "created_at", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="3fe2d8993bc498dd18fd7db666d817cc2f75f094",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_37bd2",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_household",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("assisted_session_id", None)),
                fields=("owner",),
                name="draft_one_per_citizen",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("assisted_session_id", None), _negated=True),
                fields=("assisted_session_id",),
                name="draft_one_per_assisted_session",
            ),
        ),
        migrations.AddIndex(
            model_name="consentevent",
            index=models.Index(fields=["household"], name="registry_co_househo_2acd6c_idx"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("household", "operator_code"),
                name="consent_one_open_per_operator",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_consentevent" ("id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="ee7bc1477dda227554eb371be909127bf7268e6a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_a58b9",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_consentevent" ("id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at" FROM new_rows EXCEPT SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at" FROM old_rows) AS rows; RETURN NULL;',
                    hash="c268b90b618e1b6276cab34f162a070ee83f81ae",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_e1f8b",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_consentevent" ("id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "given_by_id", "operator_code", "purpose", "text_digest", "language", "channel", "witness_id", "given_at", "withdrawn_at", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="ab6e18b3deb86b7328bb41f9e9298fcc6e52b476",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_bd17e",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_consent",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "more_asked"])),
                fields=["village", "asked_at"],
                name="change_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "more_asked"])),
                fields=["asked_at", "id"],
                name="change_open",
            ),
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(
                condition=models.Q(
                    ("confirmation", ""), ("mover__isnull", False), ("state__in", ["waiting", "more_asked"])
                ),
                fields=["old_village", "asked_at"],
                name="change_confirmation_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(
                condition=models.Q(("mover__isnull", False)), fields=["mover"], name="change_of_mover"
            ),
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(fields=["asked_for", "asked_at"], name="change_of_person"),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("person__isnull", False),
                    ("state__in", ["waiting", "more_asked"]),
                    models.Q(("kind__in", ("birth", "joins")), _negated=True),
                ),
                fields=("kind", "person", "asked_for"),
                name="change_one_open_per_asker",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("person", None),
                    ("state__in", ["waiting", "more_asked"]),
                    models.Q(("kind__in", ("birth", "joins")), _negated=True),
                ),
                fields=("kind", "household", "asked_for"),
                name="change_one_open_per_asker_home",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_by", models.F("decided_by")), _negated=True),
                name="change_maker_is_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("state", "applied"), _negated=True),
                    ("kind__in", ("phone", "circumstances", "address")),
                    _connector="OR",
                ),
                name="change_applied_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmation", ""), ("mover__isnull", False), ("state", "applied"), _negated=True
                ),
                name="change_nobody_is_moved_unasked",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("household__isnull", False), ("person", models.F("asked_for")), _connector="OR"
                ),
                name="change_without_household_is_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="changerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmation", "old_commune"), _negated=True),
                    models.Q(
                        models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                        models.Q(("confirmed_by", models.F("decided_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="change_old_commune_is_somebody_else",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changerequest",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_changerequestevent" ("id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="f81101ab17f495cc0ef5d1bf830053ea3163c80f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_a05e9",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_changerequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changerequest",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_changerequestevent" ("id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at" FROM new_rows EXCEPT SELECT "id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at" FROM old_rows) AS rows; RETURN NULL;',
                    hash="fec8f10e2a55414f03c4aad6f9a06f291a26fc98",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_3b7e6",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_changerequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changerequest",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_changerequestevent" ("id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "reference", "version", "language", "assignee_id", "due_at", "kind", "household_id", "person_id", "registered_id", "village_id", "answers", "basis", "state", "asked_for_id", "asked_by_id", "assisted_session_id", "asked_at", "mover_id", "old_village_id", "confirmation", "confirmed_by_id", "confirmed_at", "confirmed_terms", "decided_by_id", "decided_at", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="b440da693f7d4af1bd9d95b206d9ac24cfd93f48",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_8a11b",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_changerequest",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="identitydocument",
            index=models.Index(fields=["digest"], name="document_digest"),
        ),
        migrations.AddConstraint(
            model_name="identitydocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("type__in", ["family_book", "residence_book", "equity_card", "birth_certificate"]),
                    _negated=True,
                ),
                fields=("type", "digest"),
                name="document_number_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="identitydocument",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_identitydocumentevent" ("id", "person_id", "type", "number", "digest", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "person_id", "type", "number", "digest", "created_at", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="f3c79ed0a867df5395f7501fdaac763050b5e5e4",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_02f82",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_identitydocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="identitydocument",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_identitydocumentevent" ("id", "person_id", "type", "number", "digest", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "person_id", "type", "number", "digest", "created_at", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "person_id", "type", "number", "digest", "created_at" FROM new_rows EXCEPT SELECT "id", "person_id", "type", "number", "digest", "created_at" FROM old_rows) AS rows; RETURN NULL;',
                    hash="666f951010924ed38f50283bfa99b3fe7ccc8a78",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_8b57b",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_identitydocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="identitydocument",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_identitydocumentevent" ("id", "person_id", "type", "number", "digest", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "person_id", "type", "number", "digest", "created_at", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="15bd52bc885d77f245abe2c51cad36807dc3d2d6",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_59076",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_identitydocument",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="identitydocumentevent",
            index=models.Index(fields=["person"], name="registry_id_person__b98e95_idx"),
        ),
        migrations.AddIndex(
            model_name="keysetup",
            index=models.Index(fields=["person", "at"], name="key_setup_person"),
        ),
        migrations.AddIndex(
            model_name="keysetup",
            index=models.Index(fields=["at", "official"], name="key_setup_official"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="keysetup",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="6aeb2b6acd6bf8a7f26de7299897dcdb31dc37ae",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9046f",
                    table="registry_keysetup",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="lookup",
            index=models.Index(fields=["account", "kind", "at"], name="lookup_account"),
        ),
        migrations.AddConstraint(
            model_name="lostnumber",
            constraint=models.UniqueConstraint(fields=("person", "phone"), name="lost_number_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lostnumber",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f2ded5d788ce1d351ac989372120fb1961b231ff",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c61ee",
                    table="registry_lostnumber",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None), ("relationship", "head")),
                fields=("household",),
                name="household_one_head",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("person",), name="person_one_household"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_by_death", True)),
                fields=("person",),
                name="person_one_household_at_death",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_by_death", False), ("ended_on__isnull", False), _connector="OR"),
                name="household_left_at_death",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_membershipevent" ("id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="1ce899040cc9f62718b05d5ad578bf30e6ea777e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_4d838",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_membershipevent" ("id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death" FROM new_rows EXCEPT SELECT "id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death" FROM old_rows) AS rows; RETURN NULL;',
                    hash="efddc3e357118734f334984cdb1cba65ae0fc636",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_606cd",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_membership",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_membershipevent" ("id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "household_id", "person_id", "relationship", "started_on", "ended_on", "ended_by_death", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="6221d62dee1ded41eae0ac7e47eee1605822b510",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_77733",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_membership",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="membershipevent",
            index=models.Index(fields=["household"], name="registry_me_househo_8614ab_idx"),
        ),
        migrations.AddIndex(
            model_name="membershipevent",
            index=models.Index(fields=["person"], name="registry_me_person__107691_idx"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)), fields=("merged",), name="merge_one_in_force"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kept", models.F("merged")), _negated=True), name="merge_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", None),
                    models.Q(("approved_by", models.F("decided_by")), _negated=True),
                    _connector="OR",
                ),
                name="merge_maker_is_not_checker",
            ),
        ),
        migrations.AddConstraint(
            model_name="moverconfirmation",
            constraint=models.UniqueConstraint(
                fields=("assisted_session_id", "person"), name="mover_confirmation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                fields=("enrolment", "operator_reference"), name="payment_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_paymentevent" ("id", "enrolment_id", "amount", "paid_on", "operator_reference", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "enrolment_id", "amount", "paid_on", "operator_reference", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="1db6bb249854ef1cfb35d3c9d271f0e247f0de08",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_d3983",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_paymentevent" ("id", "enrolment_id", "amount", "paid_on", "operator_reference", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "enrolment_id", "amount", "paid_on", "operator_reference", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "enrolment_id", "amount", "paid_on", "operator_reference" FROM new_rows EXCEPT SELECT "id", "enrolment_id", "amount", "paid_on", "operator_reference" FROM old_rows) AS rows; RETURN NULL;',
                    hash="de872bdd925dc77e0922ed1db086d7341a919153",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_3e0a5",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_paymentevent" ("id", "enrolment_id", "amount", "paid_on", "operator_reference", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "enrolment_id", "amount", "paid_on", "operator_reference", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="cad6538f95bfceb7b66f3119b4c67ffddf357d2e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_aa888",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_payment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="personevent",
            index=models.Index(fields=["account"], name="registry_pe_account_da441b_idx"),
        ),
        migrations.AddIndex(
            model_name="phonereplacement",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at"], name="replacement_due"
            ),
        ),
        migrations.AddIndex(
            model_name="phonereplacement",
            index=models.Index(fields=["asked_at", "asked_by"], name="replacement_asked"),
        ),
        migrations.AddIndex(
            model_name="phonereplacement",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["notified_phones"], name="replacement_notified"
            ),
        ),
        migrations.AddIndex(
            model_name="phonereplacement",
            index=models.Index(fields=["phone"], name="replacement_phone"),
        ),
        migrations.AddConstraint(
            model_name="phonereplacement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("person",), name="replacement_one_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="phonereplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_by", models.F("ended_by")), ("state", "applied"), _negated=True),
                name="replacement_by_a_second_official",
            ),
        ),
        migrations.AddConstraint(
            model_name="phonereplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_by", None), ("state", "applied"), _negated=True),
                    ("ended_at__gte", models.F("due_at")),
                    _connector="OR",
                ),
                name="replacement_not_before_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="phonereplacement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_by", None), ("second_only", True), ("state", "applied"), _negated=True
                ),
                name="replacement_after_an_objection",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phonereplacement",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_phonereplacementevent" ("id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="ea83a5bf933424b4014312848b3c7ee84d9785c8",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_0e8b0",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_phonereplacement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phonereplacement",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_phonereplacementevent" ("id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause" FROM new_rows EXCEPT SELECT "id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause" FROM old_rows) AS rows; RETURN NULL;',
                    hash="f776e01086a643a365a9ac58f1f676bc0952d255",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_9bd9f",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_phonereplacement",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="phonereplacement",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_phonereplacementevent" ("id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "reference", "person_id", "account_id", "phone", "notified_phones", "reason", "document", "asked_by_id", "assisted_session_id", "asked_at", "due_at", "second_only", "state", "ended_by_id", "ended_at", "cause", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="9afd27f4241f717b3dc735b5ce53c96ca0ff3cdc",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_a4776",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_phonereplacement",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_on", None),
                    ("closes_on", None),
                    ("opens_on__lte", models.F("closes_on")),
                    _connector="OR",
                ),
                name="programme_opens_before_it_closes",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_programmeevent" ("id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="e11087d53b298fa7f8c3a70ce0a4eb437467cc9d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_bbb68",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_programme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_programmeevent" ("id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days" FROM new_rows EXCEPT SELECT "id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days" FROM old_rows) AS rows; RETURN NULL;',
                    hash="edbe1aac33d49499f5cd112bd1d732f5eac260de",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_6ba9e",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_programme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_programmeevent" ("id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "code", "operator_id", "payer_id", "name", "summary", "for_whom", "documents", "how_long", "gives", "how_to", "contact", "state", "state_note", "opens_on", "closes_on", "takes_applications", "rule", "rule_version", "source", "position", "expected_days", "appeal_days", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="6e9cb6ae8d9a891a66b6a86d6ecfe5eb3c8d47fc",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_8c848",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="enrolmentevent",
            index=models.Index(fields=["person"], name="registry_en_person__d70218_idx"),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ended"), _negated=True),
                fields=("person", "programme"),
                name="enrolment_one_open",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_enrolmentevent" ("id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="c8226a453d3c0b352d88e5c13b4dfd5bbcb8e297",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_097a0",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_enrolmentevent" ("id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at" FROM new_rows EXCEPT SELECT "id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at" FROM old_rows) AS rows; RETURN NULL;',
                    hash="9f256617b81f67fdfd4b2eaa575dfa680d623132",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_3cc94",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_enrolmentevent" ("id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "person_id", "programme_id", "state", "since", "until", "operator_reference", "member_number", "card_number", "level", "created_at", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="fbcca86e5f73bc261f637caf42aeaca284545a15",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_52a07",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_enrolment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="benefit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount", None), ("percent__isnull", False)),
                    models.Q(("amount__isnull", False), ("percent", None)),
                    _connector="OR",
                ),
                name="benefit_riel_or_percent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="benefit",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_benefitevent" ("id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="17e560968a702b61c8aceaadff58e91da7f9f1c2",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_b0784",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_benefit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="benefit",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_benefitevent" ("id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source" FROM new_rows EXCEPT SELECT "id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source" FROM old_rows) AS rows; RETURN NULL;',
                    hash="258bf0d53277365d0d76601e5ed2e39458cd8d04",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_4ac9a",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_benefit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="benefit",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_benefitevent" ("id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "programme_id", "kind", "label", "amount", "percent", "per", "valid_from", "precision", "valid_to", "confidential", "source", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="fc629eeedacf1b5b1dc8eaf786d5ff4d4b5f4b1e",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_c673d",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_benefit",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="programmesituation",
            constraint=models.UniqueConstraint(
                fields=("programme", "situation"), name="programme_situation_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programmesituation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_programmesituationevent" ("id", "programme_id", "situation_id", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "programme_id", "situation_id", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="82110670117c856a574826c5be9c757eb0bc17a3",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_d7423",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_programmesituation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programmesituation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_programmesituationevent" ("id", "programme_id", "situation_id", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "programme_id", "situation_id", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "programme_id", "situation_id" FROM new_rows EXCEPT SELECT "id", "programme_id", "situation_id" FROM old_rows) AS rows; RETURN NULL;',
                    hash="982a92de2f370625c90d899540195c0f5bcb2002",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_eacd0",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_programmesituation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programmesituation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_programmesituationevent" ("id", "programme_id", "situation_id", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "programme_id", "situation_id", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="4a33395582780803ab8acdfd84f1fada39590122",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_6fea3",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_programmesituation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lifesituation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_lifesituationevent" ("id", "code", "name", "picture", "position", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "code", "name", "picture", "position", "id", \'insert\', now(), (SELECT _pgh_attach_context()) FROM (TABLE new_rows) AS rows; RETURN NULL;',
                    hash="9ca573a0a71f9010d804340eedb3262ec4cf021c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_history_insert_0b4ae",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="registry_lifesituation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lifesituation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_lifesituationevent" ("id", "code", "name", "picture", "position", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "code", "name", "picture", "position", "id", \'update\', now(), (SELECT _pgh_attach_context()) FROM (SELECT "id", "code", "name", "picture", "position" FROM new_rows EXCEPT SELECT "id", "code", "name", "picture", "position" FROM old_rows) AS rows; RETURN NULL;',
                    hash="3dae9420c176dda7b1ad96b8fcac537e94d83552",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_history_update_0292d",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="registry_lifesituation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lifesituation",
            trigger=pgtrigger.compiler.Trigger(
                name="history_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "registry_lifesituationevent" ("id", "code", "name", "picture", "position", pgh_obj_id, pgh_label, pgh_created_at, pgh_context_id) SELECT "id", "code", "name", "picture", "position", "id", \'delete\', now(), (SELECT _pgh_attach_context()) FROM (TABLE old_rows) AS rows; RETURN NULL;',
                    hash="da4c9e8d691012a3b186b7313120bcbd12ca86b1",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_history_delete_0feee",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="registry_lifesituation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(fields=("programme", "number"), name="rule_version_once"),
        ),
        migrations.AddConstraint(
            model_name="ruleversion",
            constraint=models.UniqueConstraint(
                fields=("programme", "holds_from"), name="rule_version_one_at_a_time"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="ruleversion",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f32d5000c0931854b41c433fa2387d1dd080a3a5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bd818",
                    table="registry_ruleversion",
                    when="BEFORE",
                ),
            ),
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package="registry",
            name="consents",
        ),
        dsp_platform.database.sql_files.RunSQLFile(
            package="registry",
            name="programmes",
        ),
    ]

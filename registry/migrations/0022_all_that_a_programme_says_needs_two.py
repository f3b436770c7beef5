"""What a citizen reads of a programme changes by two people, from the day on which two published it.

Until then it is a draft: on no page, and its words are one steward's. Life situations come with the catalogue.
"""

from importlib import import_module

from django.db import migrations, models

_before = import_module("registry.migrations.0018_days_to_appeal_need_two")
_new = import_module("registry.migrations.0017_programmes_by_the_owner")

TEXTS = (
    "name", "summary", "for_whom", "gives", "how_to", "documents", "how_long", "contact", "state_note",
    "source",
)  # fmt: skip
SAID = (
    *("expected_days", "opens_on", "closes_on"),
    *(f"{text}_{language}" for text in TEXTS for language in ("km", "en")),
)
LAST = _before.DAYS.format("appeal_days")
EACH = " AND ".join(_before.DAYS.format(name) for name in SAID)
# A draft's own words; whose it is, its rule and its state are as of any other.
DRAFT = """IF OLD.state = 'draft'
        AND (NEW.id, NEW.code, NEW.operator_id, NEW.payer_id, NEW.state, NEW.rule, NEW.rule_version)
        IS NOT DISTINCT FROM
        (OLD.id, OLD.code, OLD.operator_id, OLD.payer_id, OLD.state, OLD.rule, OLD.rule_version)
    THEN
        RETURN NEW;
    END IF;
    IF NEW.state = 'draft' AND OLD.state <> 'draft' AND NOT dspp_owns_programmes() THEN
        RAISE EXCEPTION 'approval: what was published is no draft any more';
    END IF;
    """
# A draft is one steward's until it is published: as two have read it, not as it is by then.
AS_READ = " AND ".join(
    f"OLD.{name}::text IS NOT DISTINCT FROM p.before ->> '{name}'"
    for name in (*SAID, "takes_applications", "appeal_days")
)
RULES = _before.RULES.replace(LAST, f"{LAST} AND {EACH} AND (OLD.state <> 'draft' OR NEW.state = 'draft' OR ({AS_READ}))").replace(_new.IS_OWNER, DRAFT + _new.IS_OWNER)
BEGINNING = _new.BEGINNING.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
AS_DRAFT = BEGINNING.replace("NEW.state = 'closed'", "NEW.state = 'draft'").replace("begins closed", "begins as a draft")
SITUATIONS = """
CREATE FUNCTION dspp_guard_situation() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF dspp_owns_programmes() THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'approval: life situations come with the catalogue';
END $$;
CREATE TRIGGER guard_new BEFORE INSERT ON registry_lifesituation
    FOR EACH ROW EXECUTE FUNCTION dspp_guard_situation();
CREATE TRIGGER guard_words BEFORE UPDATE ON registry_lifesituation FOR EACH ROW
    WHEN (
        (OLD.id, OLD.code, OLD.name_km, OLD.name_en) IS DISTINCT FROM (NEW.id, NEW.code, NEW.name_km, NEW.name_en)
    ) EXECUTE FUNCTION dspp_guard_situation();
"""
NO_SITUATIONS = """
DROP TRIGGER guard_words ON registry_lifesituation;
DROP TRIGGER guard_new ON registry_lifesituation;
DROP FUNCTION dspp_guard_situation();
"""
STATES = [
    ("draft", "Draft"), ("open", "Open"), ("paused", "Paused"), ("seasonal", "Seasonal"), ("closed", "Closed"),
]  # fmt: skip


def state():
    return models.CharField(choices=STATES, max_length=8, verbose_name="state")


class Migration(migrations.Migration):
    dependencies = [("registry", "0021_yes_to_the_terms_shown")]

    operations = [
        migrations.AlterField("programme", "state", state()),
        migrations.AlterField("programmeevent", "state", state()),
        migrations.RunSQL(
            RULES + _before.trigger((*_before.MORE, *SAID)), _before.RULES + _before.trigger(_before.MORE)
        ),
        migrations.RunSQL(AS_DRAFT, BEGINNING),
        migrations.RunSQL(SITUATIONS, NO_SITUATIONS),
    ]

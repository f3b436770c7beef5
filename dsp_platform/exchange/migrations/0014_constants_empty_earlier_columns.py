"""An agreement that begins gets no constants but those that empty what an earlier one filled."""

from importlib import import_module

from django.db import migrations

_before = import_module("dsp_platform.exchange.migrations.0012_agreements_as_they_were_approved")

# Each column that is added stands in an earlier agreement with the same operator, with that blank value.
EMPTIED = """
CREATE FUNCTION dspp_constants_as_read(held exchange_agreement, constants jsonb) RETURNS boolean LANGUAGE sql
STABLE SET search_path = public, pg_temp AS $$
    SELECT coalesce(constants, '{}') @> coalesce(held.mapping -> 'constants', '{}') AND NOT EXISTS (
        SELECT FROM jsonb_each(coalesce(constants, '{}')) added
        WHERE (held.mapping -> 'constants' -> added.key) IS DISTINCT FROM added.value
            AND NOT EXISTS (
                SELECT FROM exchange_agreement earlier
                CROSS JOIN jsonb_path_query(earlier.mapping, 'strict $.** ? (@.type() == "object")') filled
                WHERE earlier.operator_id = held.operator_id AND earlier.kind = held.kind
                    AND earlier.state <> 'draft' AND earlier.id <> held.id
                    AND filled ->> 'column' = added.key AND coalesce(filled -> 'blank', 'null') = added.value
            )
    )
$$;
"""
GROWS = "AND coalesce(NEW.mapping -> 'constants', '{}') @> coalesce(OLD.mapping -> 'constants', '{}')"
GUARD = _before.GUARD.replace(GROWS, "AND dspp_constants_as_read(OLD, NEW.mapping -> 'constants')")


class Migration(migrations.Migration):
    dependencies = [("exchange", "0013_operators_stay_where_they_are")]

    operations = [
        migrations.RunSQL(
            EMPTIED, "DROP FUNCTION dspp_constants_as_read(exchange_agreement, jsonb);"
        ),
        migrations.RunSQL(GUARD, _before.GUARD),
    ]

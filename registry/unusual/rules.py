"""The table of rules: name, explanation, and how many days back each looks.

``sql`` yields ``at``, ``actor`` and ``what``: a reference or a number, no name. Its parameters are ``since``
and ``PARAMETERS``. Times of day are those of Phnom Penh.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import action_label
from dsp_platform.translations.label import Label
from registry.models import KeySetup

# Audit actions that change something for a citizen.
ACTIONS = (
    "ask_replacement",
    "replacement_applied",
    "claim",
    "register",
    "change_ask",
    "change_apply",
    "change_approve",
    "change_yes",
    "give_consent",
    "withdraw_consent",
)


# From how many on something is unusual, and when it is night.
PARAMETERS = {
    "actions": list(ACTIONS),
    "many_setups": 5,
    "many_accesses": 150,
    "many_searches": 80,
    "same_phone": 2,
    "zone": settings.TIME_ZONE,
    "night_begins": 22,
    "night_ends": 5,
}


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    name: Label
    words: Label
    days: int
    sql: str
    what_words: Callable[[str], str] = str
    """The label of ``what``, where it is a code."""


RULES = (
    Rule(
        "many-setups",
        _("Many phones and accounts"),
        _("One official set up or asked for five or more accounts or phones within seven days."),
        30,
        """
        SELECT at, actor, count::text AS what FROM (
            SELECT official_id AS actor, at, count(*) OVER (
                PARTITION BY official_id ORDER BY at RANGE BETWEEN interval '7 days' PRECEDING AND CURRENT ROW
            ) AS count
            FROM (
                SELECT official_id, at FROM registry_keysetup WHERE kind IN ('account', 'contact')
                UNION ALL SELECT asked_by_id, asked_at FROM registry_phonereplacement
            ) setups WHERE at > %(since)s
        ) counted WHERE count >= %(many_setups)s
        """,
    ),
    Rule(
        "at-night",
        _("At night"),
        _("An official changed something for somebody between 22:00 and 5:00."),
        30,
        """
        SELECT e.at, e.actor_id AS actor, e.action AS what FROM audit_auditevent e
        JOIN accounts_user u ON u.id = e.actor_id AND u.role = 'official'
        WHERE e.at > %(since)s AND e.action = ANY(%(actions)s)
          AND (extract(hour FROM e.at AT TIME ZONE %(zone)s) >= %(night_begins)s
               OR extract(hour FROM e.at AT TIME ZONE %(zone)s) < %(night_ends)s)
        """,
        action_label,
    ),
    Rule(
        "moved-then-phone",
        _("Moved, then another phone"),
        _("A person came into another household, and within 30 days an official asked for another phone."),
        60,
        """
        SELECT r.asked_at AS at, r.asked_by_id AS actor, r.reference AS what
        FROM registry_phonereplacement r
        WHERE r.asked_at > %(since)s AND EXISTS (
            SELECT 1 FROM registry_membership m JOIN registry_membership before
              ON before.person_id = m.person_id AND before.household_id <> m.household_id
            WHERE m.person_id = r.person_id
              AND m.started_on BETWEEN (r.asked_at AT TIME ZONE %(zone)s)::date - 30
                  AND (r.asked_at AT TIME ZONE %(zone)s)::date)
        """,
    ),
    Rule(
        "phone-then-claim",
        _("Another phone, then an account"),
        _("An official changed the phone on record, and within 60 days the record was joined to an account."),
        60,
        """
        SELECT DISTINCT ON (e.id, s.official_id) e.at, s.official_id AS actor, s.kind AS what
        FROM audit_auditevent e
        JOIN registry_keysetup s ON s.person_id = e.subject_id AND s.kind IN ('contact', 'registration')
          AND s.at BETWEEN e.at - interval '60 days' AND e.at
        WHERE e.action = 'claim' AND e.subject_kind = 'person' AND e.at > %(since)s
        ORDER BY e.id, s.official_id, s.at DESC
        """,
        lambda kind: str(KeySetup.Kind(kind).label),
    ),
    Rule(
        "far-away",
        _("Far from where the person lived"),
        _("An official set up a phone or an account of somebody who lived in another commune until lately."),
        60,
        """
        SELECT s.at, s.official_id AS actor, s.kind AS what FROM registry_keysetup s
        JOIN accounts_user u ON u.id = s.official_id
        WHERE s.at > %(since)s AND u.area_code <> '' AND EXISTS (
            SELECT 1 FROM registry_personevent p WHERE p.pgh_obj_id = s.person_id
              AND p.pgh_created_at BETWEEN s.at - interval '60 days' AND s.at
              AND left(p.village_id, length(u.area_code)) <> u.area_code)
        """,
        lambda kind: str(KeySetup.Kind(kind).label),
    ),
    Rule(
        "objected",
        _("Somebody objected"),
        _("Another phone was asked for, and the person had it stopped."),
        90,
        """
        SELECT ended_at AS at, asked_by_id AS actor, reference AS what FROM registry_phonereplacement
        WHERE state = 'objected' AND ended_at > %(since)s
        """,
    ),
    Rule(
        "stopped-at-office",
        _("Stopped at an office"),
        _("An official stopped a phone or an account that another official had asked for."),
        90,
        """
        SELECT ended_at AS at, ended_by_id AS actor, reference AS what FROM registry_phonereplacement
        WHERE state = 'stopped' AND ended_at > %(since)s
        """,
    ),
    Rule(
        "new-official",
        _("Asked for or confirmed by a new official"),
        _("An official asked for a phone or account, or confirmed one, in the first 30 days of their own."),
        90,
        """
        SELECT acts.at, acts.actor, acts.what FROM (
            SELECT asked_at AS at, asked_by_id AS actor, reference AS what FROM registry_phonereplacement
            UNION ALL SELECT ended_at, ended_by_id, reference FROM registry_phonereplacement
            WHERE state = 'applied' AND ended_by_id IS NOT NULL
        ) acts
        JOIN accounts_user u ON u.id = acts.actor
        WHERE acts.at > %(since)s AND u.date_joined > acts.at - interval '30 days'
        """,
    ),
    Rule(
        "said-no",
        _("The person did not want to move"),
        _("A change entered by an official would have moved somebody, who said no."),
        90,
        """
        SELECT e.at, r.asked_by_id AS actor, r.reference AS what FROM registry_changeevent e
        JOIN registry_changerequest r ON r.id = e.request_id
        JOIN accounts_user u ON u.id = r.asked_by_id AND u.role = 'official'
        WHERE e.step = 'no' AND e.at > %(since)s
        """,
    ),
    Rule(
        "same-phone",
        _("One phone for several persons"),
        _("The same new number was asked for in place of the phones of several persons."),
        90,
        """
        SELECT max(asked_at) AS at, max(asked_by_id) AS actor, string_agg(reference, ' ' ORDER BY id) AS what
        FROM registry_phonereplacement WHERE asked_at > %(since)s
        GROUP BY phone HAVING count(DISTINCT person_id) >= %(same_phone)s
        """,
    ),
    Rule(
        "many-accesses",
        _("Many accesses or searches"),
        _("An official looked at 150 records or more, or searched 80 times or more, in one day."),
        30,
        """
        SELECT max(e.at) AS at, e.actor_id AS actor, count(*)::text AS what FROM audit_auditevent e
        JOIN accounts_user u ON u.id = e.actor_id AND u.role = 'official'
        WHERE e.at > %(since)s AND e.action IN ('view', 'search')
        GROUP BY e.actor_id, e.action, (e.at AT TIME ZONE %(zone)s)::date
        HAVING count(*) >= CASE e.action WHEN 'view' THEN %(many_accesses)s ELSE %(many_searches)s END
        """,
    ),
)


def rule_of(code: str) -> Rule | None:
    return next((rule for rule in RULES if rule.code == code), None)

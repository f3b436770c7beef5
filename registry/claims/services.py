"""Claiming a record: an account is linked to a person who was registered at the counter or imported.

The claimant enters an SPID or a document number with the date of birth, and proves possession of the phone on
record: by a code used in this session just now, or by one sent to it now. An open session or a passkey is no
proof of the phone. The pages never reveal whether there is such a person: a claim that matches nobody writes
the same rows, shows the same pages and fails with the same message. Limits count against the account that
claims, so that nobody's guesses lock out the rightful person. Therefore a claim has its own codes, not those
of the sign-in (``accounts.codes``), which a stranger's wrong attempts would use up.

A phone number that replaced another one on record is accepted after 7 days, or after 30 days where an
official entered it (``registry.phones.selectors``): the holder of the old number is notified and has that
time to object. Only the holder of the new number sees that it is too new. The same 30 days hold for whom an
import or a merge brought to where they live (``claims.selectors``).
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.accounts.codes.services import DIGITS, LIFE, TRIES
from dsp_platform.accounts.errors import CodeProblem, Expired, NoMoreTries, WrongCode
from dsp_platform.accounts.models import User
from dsp_platform.encryption import crypto
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.digits import digits_of
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.models import Tier
from registry.claims.selectors import claimable
from registry.errors import NotClaimed, NumberTooNew, PlacedLately, TooManyClaims
from registry.identity.documents import document_digest, document_key
from registry.identity.spid import clean_spid
from registry.models import Claim, IdentityDocument, Person
from registry.persons.recognition import is_told_of
from registry.persons.writer import lock_person_row
from registry.phones.accounts import give_account
from registry.phones.selectors import may_have_account, with_established_phone

SPID = "spid"
CLAIMS_A_DAY = 5
# Claims of one account with the same number: nobody guesses dates of birth, and few accounts together cannot
# use up the codes of a phone.
SAME_A_DAY = 2
# Codes sent to one phone a day; further claims are treated as if nobody matched.
CODES_A_DAY = 20
DOUBLE_CLICK = timedelta(seconds=60)
KEPT = timedelta(days=30)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What the claimant entered. ``kind`` is "spid" or a type of document."""

    kind: str
    number: str
    born: PartialDate

    @property
    def digest(self) -> bytes:
        return crypto.digest("claim", self.kind, self._key, str(self.born))

    @property
    def number_digest(self) -> bytes:
        """The same whatever date of birth is guessed."""
        return crypto.digest("number of a claim", self.kind, self._key)

    @property
    def _key(self) -> str:
        """The number, the same however it is written."""
        return (self.kind == SPID and clean_spid(self.number)) or document_key(self.number)


def code_of(claim: Claim) -> str:
    return crypto.decimal_code(DIGITS, "code of a claim", str(claim.pk), bytes(claim.nonce).hex())


@transaction.atomic
def begin_claim(*, account: User, identity: Identity, proved: bool, keep: str | None = None) -> Claim:
    """Sends a code to the phone on record, if a person matches.

    ``proved``: the account's phone was proved in this session just now; if it is the one on record, no code
    is needed and ``used_at`` is set. ``keep`` is the key of the session that stays signed in. Raises
    TooManyClaims, NumberTooNew, PlacedLately, and NotClaimed for an account that is linked to a person
    already.
    """
    _require_free(account)
    now = timezone.now()
    claims = Claim.objects.filter(account=account)
    open_now = claims.filter(used_at=None, tries=0, created_at__gt=now - DOUBLE_CLICK)
    if first := open_now.filter(identity_digest=identity.digest).first():  # of a double click
        return first
    # Counts what was entered, not whom it matches, so that the answer does not reveal a match.
    today = claims.filter(created_at__gt=now - _DAY).values_list("number_digest", flat=True)
    numbers = [bytes(digest) for digest in today]
    if len(numbers) >= CLAIMS_A_DAY or numbers.count(identity.number_digest) >= SAME_A_DAY:
        raise TooManyClaims
    person = _within_limit(_if_claimable(_find(identity), account), account)
    claim = Claim.objects.create(
        account=account,
        person=person,
        identity_digest=identity.digest,
        number_digest=identity.number_digest,
        phone_digest=_phone_digest(person) if person else None,
        created_at=now,
        expires_at=now + LIFE,
    )
    if person is not None and person.phone == account.phone and proved:
        _link(claim, lock_person_row(person), keep)
    else:
        # Without a match to no phone: the claimant must not see the message among those of their account.
        notifications.send(
            phone=person.phone if person else "",
            language=person.language if person else account.language,
            template="claim_code",
            tier=Tier.ACCOUNT,
            params={"claim": str(claim.pk)},
            expires_at=claim.expires_at,
        )
    return claim


def confirm_claim(*, account: User, claim: Claim, typed: str, keep: str | None = None) -> None:
    """Raises WrongCode, NoMoreTries, Expired, or NotClaimed when somebody else claimed the record first."""
    with transaction.atomic():
        _require_free(account)
        locked = Claim.objects.select_for_update().get(pk=claim.pk, account=account)
        problem = _judge(locked, typed)
        if problem is None and locked.person is not None:
            _link(locked, lock_person_row(locked.person), keep)
    if problem is not None:
        raise problem  # after the commit, so that the wrong attempt stays counted


def _phone_digest(person: Person) -> bytes:
    return crypto.digest("phone of a claim", person.phone)


def purge_claims() -> int:
    return Claim.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _require_free(account: User) -> None:
    """Locks the account, so that concurrent claims cannot exceed the limit together."""
    locked = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not (locked.is_citizen and locked.is_active) or Person.objects.filter(account=locked).exists():
        raise NotClaimed


def _find(identity: Identity) -> Person | None:
    """The only match, if they have a phone on record, no account, and may have one.

    The number of a merged record leads to the record it was merged into.
    """
    if identity.kind == SPID:
        named = Person.objects.filter(spid=clean_spid(identity.number) or "")
    else:
        digest = document_digest(identity.kind, identity.number)
        holders = IdentityDocument.objects.filter(type=identity.kind, digest=digest)
        named = Person.objects.filter(pk__in=holders.values("person_id"))
    persons = Person.objects.current().filter(
        Q(pk__in=named.values("pk")) | Q(pk__in=named.values("merged_into")), account=None
    )
    fitting = [person for person in persons.exclude(phone="") if is_told_of(identity.born, person)]
    return fitting[0] if len(fitting) == 1 and may_have_account(fitting[0]) else None


def _if_claimable(person: Person | None, account: User) -> Person | None:
    """None while the number on record, or the household, is too new; its holder gets an error instead."""
    found = Person.objects.filter(pk=person.pk if person else 0)
    may_claim = claimable(found).exists()
    if person is not None and not may_claim and person.phone == account.phone:
        raise PlacedLately if with_established_phone(found).exists() else NumberTooNew
    return person if may_claim else None


def _within_limit(person: Person | None, account: User) -> Person | None:
    phone = person.phone if person else ""
    sent = Claim.objects.filter(person__phone=phone, created_at__gt=timezone.now() - _DAY).count()
    own = person is not None and person.phone == account.phone
    return person if own or sent < CODES_A_DAY else None


def _judge(claim: Claim, typed: str) -> CodeProblem | None:
    if claim.used_at or claim.expires_at <= timezone.now():
        return Expired()
    if claim.tries >= TRIES:
        return NoMoreTries()
    right = hmac.compare_digest(code_of(claim).encode(), digits_of(typed).encode())
    if right and claim.person_id is not None:
        return None
    claim.tries += 1
    claim.save(update_fields=["tries"])
    left = TRIES - claim.tries
    return WrongCode(tries_left=left) if left else NoMoreTries()


def _link(claim: Claim, person: Person, keep: str | None) -> None:
    """Raises NotClaimed if the person got an account or another phone, died or was merged meanwhile."""
    if person.account_id is not None or not may_have_account(person):
        raise NotClaimed
    if claim.phone_digest is None or bytes(claim.phone_digest) != _phone_digest(person):
        raise NotClaimed
    if not claimable(Person.objects.filter(pk=person.pk)).exists():
        raise NotClaimed
    claim.used_at = timezone.now()
    claim.save(update_fields=["used_at"])
    give_account(person=person, account=claim.account, actor=claim.account, keep=keep)

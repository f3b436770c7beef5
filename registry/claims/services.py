"""Which account is whose: a person registered at the counter or imported gets their account.

Who names an SPID or a document together with the date of birth, and proves the phone on record, is that
person. The phone is proved by a code that this session has just used, or by one that is sent to it now: not
by a session that was left open, nor by a passkey. Whether there is such a person is never told: a claim that
finds nobody makes the same rows, shows the same pages and fails with the same words. What is counted is
counted against the account that tries, so nobody's guesses keep the rightful person out. That is why the
codes of a claim are not those of the phone's own sign-in (``accounts.codes``), which a stranger's wrong tries
would use up.

A phone put in the place of another proves nothing for a week, and for 30 days where an official put it there
(``selectors.phones``): whoever could change the number on record could otherwise become the person, before
the old number's holder, who is told, can object. Only who holds the new number hears that it is too new.
"""

import hmac
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform import crypto
from dsp_platform.accounts.errors import CodeProblem, Expired, NoMoreTries, WrongCode
from dsp_platform.accounts.models import User
from dsp_platform.khmer.digits import digits_of
from dsp_platform.notifications import services as notifications
from dsp_platform.notifications.models import Tier
from registry.errors import NotClaimed, NumberTooNew, TooManyClaims
from registry.identity.documents import document_digest
from registry.identity.spid import clean_spid
from registry.models import Claim, IdentityDocument, Person
from registry.persons.writer import lock_person_row
from registry.phones.accounts import give_account
from registry.phones.selectors import may_have_account, with_settled_phone

SPID = "spid"
CLAIMS_A_DAY = 5
# Of these one account spends so many on one identity, so that few accounts use up no phone's codes.
SAME_A_DAY = 2
# So many codes of claims a day reach one phone; beyond that a claim is as if nobody had been found.
CODES_A_DAY = 20
TRIES = 5
LIFE = timedelta(minutes=10)
DOUBLE_CLICK = timedelta(seconds=60)
KEPT = timedelta(days=30)
_DAY = timedelta(days=1)
_KNOWN_PARTS = {"year": 1, "month": 2, "day": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What somebody says about themselves. ``kind`` is "spid" or a type of document."""

    kind: str
    number: str
    born: date
    precision: str

    @property
    def digest(self) -> bytes:
        told = (self.kind, self.number, self.born.isoformat(), self.precision)
        return crypto.digest("claim", *told)


def code_of(claim: Claim) -> str:
    derived = crypto.digest("code of a claim", str(claim.pk), bytes(claim.nonce).hex())
    return f"{int.from_bytes(derived, 'big') % 10**6:06}"


@transaction.atomic
def begin_claim(*, account: User, told: Identity, proved: bool, keep: str | None = None) -> Claim:
    """A code is on its way to the phone on record, if there is such a person; ``used_at`` is set when none
    is needed: ``proved``, the account's own phone was proved in this session just now. ``keep`` is the key of
    the session that goes on. Raises TooManyClaims, and NotClaimed for an account that belongs to a person
    already."""
    _require_free(account)
    now = timezone.now()
    if just_made := _just_made(account, told):
        return just_made
    _check_claims(account, told)
    person = _within_limit(_settled(_find(told), account), account)
    claim = Claim.objects.create(
        account=account, person=person, told_digest=told.digest, created_at=now, expires_at=now + LIFE
    )
    if person is not None and person.phone == account.phone and proved:
        _bind(claim, lock_person_row(person), keep)
    else:
        # To no phone when nobody was found: whoever tries must not see it among their own messages.
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
    """Raises WrongCode, NoMoreTries, Expired, or NotClaimed when somebody else was quicker."""
    with transaction.atomic():
        _require_free(account)
        held = Claim.objects.select_for_update().get(pk=claim.pk, account=account)
        problem = _judge(held, typed)
        if problem is None and held.person is not None:
            _bind(held, lock_person_row(held.person), keep)
    if problem is not None:
        raise problem  # after the commit, which keeps the count of wrong codes


def purge_claims() -> int:
    return Claim.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def _require_free(account: User) -> None:
    """Also makes an account's tries take turns, so that two at once cannot pass the limit together."""
    held = User.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not (held.is_citizen and held.is_active) or Person.objects.filter(account=held).exists():
        raise NotClaimed


def _just_made(account: User, told: Identity) -> Claim | None:
    """What the first of two clicks made."""
    since = timezone.now() - DOUBLE_CLICK
    mine = Claim.objects.filter(account=account, used_at=None, tries=0, created_at__gt=since)
    return mine.filter(told_digest=told.digest).first()


def _check_claims(account: User, told: Identity) -> None:
    """By what was told and not by whom it fits: the answer is the same where it fits nobody."""
    mine = Claim.objects.filter(account=account, created_at__gt=timezone.now() - _DAY)
    digests = [bytes(digest) for digest in mine.values_list("told_digest", flat=True)]
    if len(digests) >= CLAIMS_A_DAY or digests.count(told.digest) >= SAME_A_DAY:
        raise TooManyClaims


def _find(told: Identity) -> Person | None:
    """The only one who fits, may have an account but has none, and told a phone.

    Merged numbers lead to whom they became.
    """
    if told.kind == SPID:
        named = Person.objects.filter(spid=clean_spid(told.number) or "")
    else:
        digest = document_digest(told.kind, told.number)
        holders = IdentityDocument.objects.filter(type=told.kind, digest=digest)
        named = Person.objects.filter(pk__in=holders.values("person_id"))
    persons = Person.objects.filter(
        Q(pk__in=named.values("pk")) | Q(pk__in=named.values("merged_into")),
        merged_into=None,
        account=None,
        died_on=None,
    )
    fitting = [person for person in persons.exclude(phone="") if _born_then(person, told)]
    return fitting[0] if len(fitting) == 1 and may_have_account(fitting[0]) else None


def _settled(person: Person | None, account: User) -> Person | None:
    """As if nobody had been found while the number on record is new, but for who holds it: they hear it."""
    settled = with_settled_phone(Person.objects.filter(pk=person.pk if person else 0)).exists()
    if person is not None and not settled and person.phone == account.phone:
        raise NumberTooNew
    return person if settled else None


def _born_then(person: Person, told: Identity) -> bool:
    """As exactly as the record knows it; who tells less than the record does not know it."""
    parts = _KNOWN_PARTS[person.birth_precision]
    if _KNOWN_PARTS[told.precision] < parts:
        return False
    return _parts(person.date_of_birth)[:parts] == _parts(told.born)[:parts]


def _parts(day: date) -> tuple[int, int, int]:
    return (day.year, day.month, day.day)


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


def _bind(claim: Claim, person: Person, keep: str | None) -> None:
    """Raises NotClaimed where the person has since got an account or a phone, died, or become another one."""
    if person.account_id is not None or not may_have_account(person):
        raise NotClaimed
    if not with_settled_phone(Person.objects.filter(pk=person.pk)).exists():
        raise NotClaimed
    claim.used_at = timezone.now()
    claim.save(update_fields=["used_at"])
    give_account(person=person, account=claim.account, actor=claim.account, keep=keep)

"""What somebody at the counter might answer to each question, by its name."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.wizard.questions import Key
from registry.changes.context import may_head
from registry.models import Membership, Person
from registry.persons.circumstances import questions_for
from registry.plausibility.wizard import RARE
from tests.registry.changes.cast import NO_PAPER

VILLAGES = ("01020101", "01020201")
GIVEN = ("សុខា", "ដារា", "ស្រីមុំ", "បុប្ផា")  # few, so that two of a household have the same name
RELATIVES = ("spouse", "child", "parent", "sibling", "grandchild", "other_relative", "not_related")


class Answering:
    random: Random
    target: Person | None
    """A registered person who moves in."""

    def living(self) -> list[Person]:
        raise NotImplementedError

    def answer_to(self, question: str, wizard: Any) -> dict[str, Any]:
        by_question: dict[str, Callable[[Any], dict[str, Any]]] = {
            RARE: self._rare,
            "who": self._who,
            "name": self._name,
            "sex": self._sex,
            "birth": self._birth,
            "document": self._document,
            "relationship": self._relationship,
            "mother": self._mother,
            "known": self._known,
            "living": self._living,
            "where": self._where,
            "place": self._place,
            "head": self._head,
            "relationships": self._relationships,
            "died": self._died,
            "address": self._address,
            "phone": self._phone,
            "circumstances": self._circumstances,
            "payee": self._payee,
        }
        return by_question[question](wizard)

    def _rare(self, wizard):
        facts = [one.fact for one in wizard.asked_about(Key(RARE))]
        return {"right": "yes", "confirmed": facts}

    def _who(self, wizard):
        return {"person": self.random.choice(wizard.choices).person.spid}

    def _name(self, _wizard):
        given = self.random.choice(GIVEN)
        return {"family_name": "សុខ", "given_name": given, "latin_family_name": "", "latin_given_name": ""}

    def _sex(self, _wizard):
        return {"sex": self.random.choice(("female", "male"))}

    def _birth(self, wizard):
        if self.target is not None:
            return {"born": str(self.target.born)}
        years = (0, 0) if wizard.kind.code == "birth" else (20, 50) if wizard.kind.marries else (1, 70)
        born = timezone.localdate() - timedelta(days=365 * self.random.randint(*years) + 3)
        return {"born": self._known_to(born)}

    def _known_to(self, day: date) -> str:
        """The day, the month or the year of it."""
        return str(PartialDate(day, self.random.choice(("year", "month", "day"))))

    def _document(self, wizard):
        if wizard.kind.corrects:
            return {"document_type": "family_book", "document_number": str(self.random.randint(1, 99999))}
        return NO_PAPER

    def _relationship(self, wizard):
        return {"relationship": self.random.choice(("child",) if wizard.kind.code == "birth" else RELATIVES)}

    def _mother(self, wizard):
        mothers = [one.person.spid for one in wizard.context.members if one.person.sex == "female"]
        return {"mother": self.random.choice(["none", *mothers])}

    def _known(self, wizard):
        """Half of them are registered: in another household, or in none."""
        here = {one.person_id for one in wizard.context.members}
        others = [one for one in self.living() if one.pk not in here]
        self.target = self.random.choice(others) if others and self.random.random() < 0.5 else None
        if self.target is None:
            return {"has_spid": "no", "spid": ""}
        return {"has_spid": "yes", "spid": self.target.spid}

    def _living(self, _wizard):
        return {"living": self.random.choice(("here", "elsewhere"))}

    def _where(self, _wizard):
        return {"where": self.random.choice(("own", "elsewhere"))}

    def _place(self, _wizard):
        return {"village_code": self.random.choice(VILLAGES), "address": ""}

    def _remaining(self, wizard) -> list[Membership]:
        return [one for one in wizard.context.members if one.person != wizard.person]

    def _head(self, wizard):
        others = [one for one in self._remaining(wizard) if one.relationship != "head"]
        return {"person": self.random.choice(may_head(others)).person.spid}

    def _relationships(self, wizard):
        head = wizard.answers["head"]["person"]
        rest = [one.person.spid for one in self._remaining(wizard) if one.person.spid != head]
        return dict.fromkeys(rest, "other_relative")

    def _died(self, wizard):
        day = max(wizard.person.date_of_birth, timezone.localdate() - timedelta(self.random.randint(0, 300)))
        return {"died": self._known_to(day)}

    def _address(self, _wizard):
        return {"address": f"ផ្ទះ {self.random.randint(1, 99)}"}

    def _phone(self, _wizard):
        return {"phone": f"+85512{self.random.randint(100000, 999999)}"}

    def _circumstances(self, wizard):
        """A child is asked other questions than somebody grown, a baby none."""
        person = wizard.person
        asked = questions_for({"born": str(person.born), "sex": person.sex})
        for name in ("working", "studying"):
            if name in asked:
                return {name: "no" if getattr(person, name) else "yes"}
        return {"difficulty": self.random.choice(("none", "unknown"))}

    def _payee(self, wizard):
        return {"person": self.random.choice(wizard.context.members).person.spid}

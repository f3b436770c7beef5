"""Names that are put in the place of people's own: Khmer, and in Latin letters."""

import random


def _pairs(text: str) -> list[tuple[str, str]]:
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


FAMILY = _pairs("""
    សុខ Sok ចាន់ Chan ជា Chea គឹម Kim លី Ly កែវ Keo ហេង Heng សេង Seng ម៉ៅ Mao ប្រាក់ Prak ឈឹម Chhim
    ទេព Tep មាស Meas រស់ Ros នួន Nuon ប៉ែន Pen ឡុង Long វង្ស Vong យឹម Yim សាន San សួន Suon ហ៊ុន Hun
    ឯក Ek តាំង Tang ពៅ Pov ឃុន Khun ផល Phal ណុប Nop ហួត Huot យន់ Yon លឹម Lim តាន់ Tan ឆាយ Chhay
    ដួង Duong ទូច Touch នេត Net ប៊ុន Bun ពេជ្រ Pich មុំ Mom
""")
FEMALE = _pairs("""
    សុភា Sophea ស្រីមុំ Sreymom បុប្ផា Bopha ចន្ថា Chantha សុខា Sokha មាលា Malea រតនា Ratana ស្រីនាង Sreyneang
    កល្យាណ Kalyan ធីតា Thida វណ្ណា Vanna សុជាតា Socheata ដានី Dany លក្ខិណា Leakena ពិសី Pisey មករា Makara
    ណារី Nary សុធា Sothea ច័ន្ទរី Chanry រស្មី Reaksmey
""")
MALE = _pairs("""
    សុវណ្ណ Sovann វិបុល Vibol ពិសិដ្ឋ Piseth រតនៈ Rathana ដារ៉ា Dara វិចិត្រ Vichet សំណាង Samnang បូរី Borey
    ចំរើន Chamroeun វុទ្ធី Vuthy សុភ័ក្ត្រ Sopheak ណារិន្ទ Narin ធារ៉ា Theara រិទ្ធី Rithy ភារុណ Phearun
    វាសនា Veasna គន្ធា Kunthea សុផល Sophal មុនី Mony កុសល Kosal
""")


def family(key: str, household: str, name: str) -> tuple[str, str]:
    """Those of a household who had one surname have one again."""
    return random.Random(f"{key} {household} {name}").choice(FAMILY)  # noqa: S311


def given(key: str, person: int, sex: str) -> tuple[str, str]:
    names = FEMALE if sex == "female" else MALE
    return random.Random(f"{key} {person}").choice(names)  # noqa: S311

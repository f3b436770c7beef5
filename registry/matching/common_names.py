"""How frequent the names of Cambodia are, roughly: what is common weighs less as evidence, and a common
surname makes no key of its own. Shares of ten thousand people, estimated 2026-11-30 from general knowledge:
to be counted from the registry once it is filled (docs/reference/matching.md).
"""

from collections import defaultdict
from collections.abc import Mapping

from registry.matching.features import name_part
from registry.matching.sounds import sound_of

_SURNAMES = {
    400: "សុខ ចាន់ ជា គឹម",
    250: "លី កែវ ហេង សេង ម៉ៅ ប្រាក់ លឹម អ៊ុក ឈឹម ទេព",
    150: "មាស រស់ នួន ប៉ែន ឡុង វង្ស យឹម សំ សាន ស៊ឹម សួន ហ៊ុន គង់ ញ៉ែម ផាន់ អ៊ុំ ពៅ ឯក តាំង ឃុន",
    100: """
        ឌុច ផល ភួង ប៊ុន សៅ ទូច ជិន ឆាយ ហួត អ៊ិន ដួង ពេជ្រ វណ្ណ ឈុន ម៉ម ឃាន់ តាន់ ឡាយ អេង ហង្ស ជុំ ហ៊ឹម
        ភិន សឿន ឡេង ង៉ួន កុយ នី ម៉ាន់ ធី ខឹម ឆេង ជួន ថន ស៊ុយ អ៊ុយ
    """,
    60: """
        ណុប ង៉ែត យន់ ឈន នេត បៀន មុំ មួង យ៉ន រ័ត្ន វ៉ាន់ ស្រី ស៊ុន ហាក់ អាន អៀង ឧត្តម ខៀវ ឃីម ងួន ចេង ឃួន
        ឆន ស៊ាង អ៊ឹម កាំង ទិត្យ ប៉ុល ឃ្លាំង ឡាំ ព្រំ ភឿន ម៉ុក យិន លាង វ៉ា សយ ហម ឡោ អួន ឆឹម ជ័យ ឌី ទាវ ធន់
        នុត ប៉ាង ផុន មិន រិន សារុន ស្វាយ អ៊ូច ទ្រី លួន ស៊ន ឈួន ហាន ប៉ាន់ វ៉ន កង គាត គួច ចិន ឆាំ ស៊ុំ
    """,
}
_GIVEN_NAMES = {
    80: "សុខា ដារ៉ា បុប្ផា ស្រីមុំ សុភា ចាន់ថា សំណាង វណ្ណា សុភាព ចាន់ធី ធារី សុខុម",
    50: """
        សុផល សុផល្លា ផល្លា ចិន្តា ចន្ថា សុវណ្ណ សុវណ្ណា រតនា ម៉ាលី ពិសី ស្រីនាង ស្រីពៅ គន្ធា វុទ្ធី វិសាល កុសល
        រិទ្ធី សុជាតា សុភ័ក្រ ស្រីលក្ខណ៍ សារ៉ាត់ សារឿន សាវី ចាន់ណា ចាន់នី សុខលី សុខហេង សុធា សុធារី ធារ៉ា វាសនា
        បញ្ញា រស្មី ពិសិដ្ឋ មករា សីហា តុលា កញ្ញា នារី ទេវី ថាវី
    """,
}
UNLISTED_SURNAME = 0.0005
UNLISTED_GIVEN_NAME = 0.001


def _shares(table: Mapping[int, str]) -> dict[str, float]:
    """By key, and by sound after "~"."""
    shares: dict[str, float] = defaultdict(float)
    for share, names in table.items():
        for name in names.split():
            shares[name_part(name, "").khmer] += share / 10_000
            shares["~" + sound_of(name)] += share / 10_000
    return dict(shares)


SURNAMES, GIVEN_NAMES = _shares(_SURNAMES), _shares(_GIVEN_NAMES)


def is_common_surname(sound: str) -> bool:
    return f"~{sound}" in SURNAMES

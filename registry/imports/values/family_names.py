"""Frequent family names, by which cells that look swapped are counted. Names that are as often given names
(សុខា, សុភា) are left out: a name too few does less harm than a name too many."""

from dsp_platform.khmer.text import search_key

_KHMER = (
    "សុខ កែវ ចាន់ ជា ហេង លី លឹម ឡេង តាន់ អ៊ុំ អ៊ឹម ហុង ហួត ឈឹម ឈុន ឈួន ឈាង ឃឹម ឃុន ឃួន ឃៀវ គង់ គឹម "
    "គឺម ឆាយ ឆេង ឆុន ឆឹម ជឹម ជួន ជុំ ជៀម ញ៉ែម ញឹក ឌុច ដួង ឌឹម ឌៀប ទូច ទេព ទុំ ទឹម ទិត្យ ធី ធុច ធឿន "
    "ណុប ណូវ ណាំ នុត នួន នាង នី នេត ប៉ាន់ ប៉ុក ប៉ែន ប៊ុន ប៊ិន ប៉ិច ប៊ូ ពៅ ពេជ្រ ពុំ ភី ភន ម៉ៅ ម៉ៃ "
    "ម៉ម ម៉ក់ មាស មុំ មួង មៀច យ៉ន យឹម យ៉ាន យិន យូ រស់ រ៉ែម លាង លន់ លួន លាវ លោះ វ៉ាន់ វ៉ា វ៉ែន សំ "
    "ស៊ុំ ស៊ុន ស៊ន សៅ សេង សេក សុន សូ សួន សឿ សៀង សម ស៊ឹម ហ៊ុន ហាក់ ហម ហ៊ឹម ហោ អ៊ុក អ៊ុន អ៊ាង អ៊ិន "
    "អ៊ុយ អ៊ូ អាន ឡុង ឡៅ អ៊ិត អ៊ឿង កង កុយ កុល កាំង ខៀវ ខេង ខាត់ ខន ខឹម ងួន ងិន ចាប ចេង ចិន ចឹម "
    "ច្រឹង តឹក តុប តូច ទៀង ថន ផាន់ ផុន "
)
_LATIN = (
    "sok keo chan chea heng ly lim leng tan oum um im hong huot chhim chhun chhuon chheang khim "
    "khun khuon khiev kong kim chhay chheng chhem chim chuon chum nhem nhek duch duong dim diep "
    "touch tep tum tim thy nop nov nuon neang pan pok pen bun bin pich pov phy mao mai mam mok meas "
    "mom yorn yim yan yin you ros leang luon lao vann ven sam sim sun sao seng sek suon soeu sieng "
    "hun hak ham ho ouk un ung ou lay long lau it oeung kang koy kol kheng khat ngoun ngin chap "
    "chin chrin toek top tieng phan "
)

FAMILY_NAMES = frozenset(map(search_key, f"{_KHMER} {_LATIN}".split()))

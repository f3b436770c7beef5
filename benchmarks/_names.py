"""Names of the made-up population, Khmer and Latin as people write them, the usual spelling first."""


def _table(text: str) -> list[list[str]]:
    return [cell.split() for line in text.strip().splitlines() for cell in line.split("|")]


# The number: how many of ten thousand people have it, roughly as in the country: a few are very common.
_FAMILY_NAMES = """
សុខ Sok/Sokh/Sauk 620 | ចាន់ Chan/Chann 560 | ជា Chea/Chear 430 | គឹម Kim/Kem/Keum 420
លី Ly/Li/Lee 390 | កែវ Keo/Kev/Kaev 360 | ហេង Heng/Hang 330 | សេង Seng/Saeng 290
ម៉ៅ Mao/Mav 270 | ប្រាក់ Prak/Brak 250 | ឈឹម Chhim/Chhem/Chim 240 | ទេព Tep/Tepp 230
មាស Meas/Mears 230 | រស់ Ros/Rous/Rors 220 | នួន Nuon/Noun/Nun 210 | ប៉ែន Pen/Paen 210
ឡុង Long/Lung 200 | វង្ស Vong/Wong 200 | យឹម Yim/Yem 190 | សំ Sam/Som 190
សាន San/Sann 180 | ស៊ឹម Sim/Sem 180 | សួន Suon/Soun 170 | ហ៊ុន Hun/Hoon 170
ឯក Ek/Aek 150 | តាំង Tang/Taing 150 | ឌុច Duch/Doch 130 | អ៊ុក Ouk/Uk/Ok 150
ពៅ Pov/Peou/Pouv 150 | ឃុន Khun/Khon 140 | ផល Phal/Phol 120 | ភួង Phuong/Phoung 120
ណុប Nop/Nob 90 | ហួត Huot/Hout 120 | ឃួន Khuon/Khoun 100 | ង៉ែត Nget/Ngeth 90
យន់ Yon/Yun 90 | លឹម Lim/Lem 150 | តាន់ Tan/Tann 90 | អ៊ុំ Um/Oum 110 | អ៊ិន In/Inn 100
ឈន Chhon/Chhorn 90 | ឆាយ Chhay/Chay 100 | ជិន Chin/Chinn 80 | ដួង Duong/Doung 110
ទូច Touch/Tuch 110 | ថន Thon/Thorn 80 | នេត Net/Neth 70 | បៀន Bien/Bean 50
ប៊ុន Bun/Boun 130 | ពេជ្រ Pich/Pech 110 | មុំ Mom/Mum 70 | មួង Muong/Moung 50
យ៉ន Yan/Yann 40 | រ័ត្ន Rath/Rat 60 | វណ្ណ Van/Vann 100 | វ៉ាន់ Van/Wan 60
ស្រី Srey/Srei 60 | សៅ Sao/Sav 110 | ស៊ុន Sun/Soun 90 | ហាក់ Hak/Hark 70
ឡាយ Lay/Lai 50 | អាន An/Arn 60 | អៀង Eang/Ieng 60 | ឧត្តម Oudom/Udom 40
គង់ Kong/Kung 130 | ខៀវ Khiev/Khieu 80 | ឃីម Khim/Khem 60 | ងួន Nguon/Ngoun 70
ចេង Cheng/Chaeng 60
"""
# Syllables of given names: alone, or two together.
_FIRST = """
សុ So/Su | ចាន់ Chan | វិ Vi/Vy | ភា Phea/Pea | ស្រី Srey/Srei | ដា Da/Dara | បុ Bo/Bu
ធា Thea/Tea | ចរិ Chary/Chari | វាស Veas | សំ Sam/Som | មក Mak/Mok | កុ Ko/Ku
នា Nea/Na | រ៉ា Ra | វណ្ណ Vann/Van | សុខ Sok/Sokh | រតនៈ Ratanak/Rattanak
ពិសិ Pise/Piseth | ម៉ា Ma | ឆ Chhor/Chho | គន្ធា Kunthea/Kuntea | សីហា Seiha/Siha
លី Ly/Li | សុភ Soph/Sop | ធី Thy/Thi | ប៊ុន Bun/Boun | សេរី Serey/Serei | រិទ្ធ Rith/Rit
ពៅ Pov/Peou | ណា Na | កល្យាណ Kalyan/Kalyann | ចិន្ត Chenda/Chinda | មុន្នី Mony/Muny
សិលា Seila/Sila | ឧត្តម Oudom/Udom | កញ្ញា Kanha/Kagna | ទេវី Devi/Tevy
បញ្ញា Panha/Panya | រស្មី Rasmey/Reaksmey
"""
_SECOND = """
ខា kha/ka | ភា phea/pea | ជាតិ cheat/chiet | ថា tha/ta | សី sey/sei | ណា na/nna
រ៉ា ra/rra | ភាព pheap/peap | វី vy/vi | ណី ny/ni | ល័ក្ខ leak/leakh | មុំ mom/mum
នាង neang/niang | ពៅ pov/peou | ដា da/dara | វុធ vuth/vut | រុណ run/roun | ផល phal/phol
ផាត phat/pat | គា kea/kia | សាល sal/sall | បូល bol/boul | ណាង nang/nnang | ឡា la/lla
ធីតា thida/tida | លីន lin/linn | មករា makara/meakara | សល sal/sol | រិទ្ធ rith/rit
ចំរើន chamroeun/chamreun | សុភ័ក្ត្រ sopheak/sopheap | នីតា nita/nida | ធួក thuok/thouk
យ៉ា ya/yea | នួន nuon/noun | វិសាល visal/vesal | រដ្ឋា ratha/rotha
សម្បត្តិ sambath/sombat | ធារិន thearin/tearin | សួរ suor/sour
"""
FAMILY_NAMES = [(km, tuple(latin.split("/")), int(share)) for km, latin, share in _table(_FAMILY_NAMES)]
FIRST = [(km, tuple(latin.split("/"))) for km, latin in _table(_FIRST)]
SECOND = [(km, tuple(latin.split("/"))) for km, latin in _table(_SECOND)]
# Letters that are misheard or mistaken for each other, signs that are left out or doubled; "-" is nothing.
_MISTAKEN = """
ី ិ | ិ ី | ឺ ឹ | ឹ ឺ | ុ ូ | ូ ុ | ណ ន | ន ណ | ល ឡ | ឡ ល | ថ ត | ត ថ | ខ ក | ផ ព
ភ ព | ឆ ច | ឈ ជ | ធ ទ | ស ស្ស | ួ ូ | េ ែ | ែ េ | ៅ ាវ | ា - | ់ - | ៉ - | ៊ - | ័ -
"""
MISTAKEN = {letter: other.strip("-") for letter, other in _table(_MISTAKEN)}
# Slips of keys.
_KEYS_BESIDE = "as sa er re io oi nm mn ty yt hg gh ui kl lk po vb bv cv df"
KEYS_BESIDE = dict(_KEYS_BESIDE.split())  # pairs of letters

"""Words that stand where a name could and are none, folded."""

from __future__ import annotations

from clinic.people_lexicon import ages, relatives
from understanding.folding import fold
from understanding.lexicon.arabizi import ARABIZI_WORDS
from understanding.lexicon.english import ENGLISH_WORDS
from understanding.lexicon.entities import COUNTED, DOCTOR_TITLES, INSURERS, NOT_NAMES, SPECIALTIES
from understanding.lexicon.when import DAYS, MONTHS, PARTS, RELATIVE_DAYS, RELATIVE_RANGES

_MORE = """
needs has had wants keeps gets feels hurts coughs cries eats sleeps vomits complains broke fell lost cut burned swallowed
coughing vomiting crying bleeding limping wheezing itching sneezing sweating fine unwell ill pregnant diabetic asthmatic allergic
turned turns turning been got going asked says tells told new patient patients insurance card file number phone id passport
please kindly urgent urgently soonest checkup follow follow-up vaccination vaccine cleaning filling braces consultation visit
appointment appointments booking slot report results result test tests xray blood medicine tooth teeth eye eyes ear ears skin
rash fever cough pain stomach back knee leg arm hand head throat birthday school name named called who which that whose whom
years year months month old age aged today tomorrow every any some both all each too also only just still again
محتاج محتاجه محتاجين يحتاج تحتاج عايز عايزه يبغي تبغي يبي تبي نبي ابي ابغي ابغا اريد نريد بدي بدنا بدو بدها بدنا حابب حابه حاب ودي نفسي
عنده عندها عندو عندا عندي فيه فيها مع من الي اللي علشان عشان لاجل لان بس كمان برضو ايضا بعد قبل كل يوم بكره اليوم كشف موعد مواعيد حجز
احجز نحجز تحجز احجزلي احجزلها احجزلو احجزلنا عيان عيانه تعبان تعبانه مريض مريضه مرضان مرضانه مصخن مصخنه سخن سخنه سخونه حراره بيكح
بتكح يكح تكح يوجعه يوجعها بيوجعه بيوجعها توجعه توجعها تالمه الم وجع ضرس ضرسه ضرسها اسنانه اسنانها سنه سنها عينه عينها جلده جلدها حساسيه
حبوب طفح اسهال استفراغ يستفرغ تستفرغ وقع وقعت طاح طاحت انجرح مجروح حامل الحامل حوامل لو سمحت سمحتي ممكن فضلك رجاء شكرا الحين دلوقتي هلا
هسه توا دابا حالا ضروري مستعجل مستعجله لازم صار صارت كان كانت راح رح هي هو هم انا احنا نحن انت حضرتك دكتور دكتوره طبيب طبيبه دختور عياده
مستشفي تامين بطاقه رقم جوال هويه ملف اسمه اسمها اسمو اسما اسمي عمره عمرها عمرو واحد واحده اثنين ثلاثه اكبر اصغر كبير كبيره صغير صغيره
الكبير الكبيره الصغير الصغيره الاكبر الاصغر الوسطاني الثاني الثانيه التاني التانيه الاول الاولي الجاي الجايه القادم الحالي التالي الماضي
المقبل ديالي تاعي متاعي نتاعي بتاعي بتاعتي تبعي حقي مالتي مالي خلي خليه غير غيري مش مو مب موب ما لا نعم ايوه اي طيب تمام اوكي عند علي
في عن هل شو وش ايش ليش كيف متي وين فين كم بكم قديش يروح تروح يجي تجي نجي اجي بيروح ياخذ تاخذ ياكل تاكل ينام تنام يبكي تبكي يعاني تعاني
mn fi 3nd 3ndo 3ndha 3ando 3andha m7taj m7taja me7tag me7taga 3ayz 3ayza ta3ban ta3bana w maw3ed maw3id 7ajz 7agz law sama7t bokra bukra
alyoum elyom and or for with the my a an is are was it he she they we you i me his her their to from at on in of by
""".split()

STOPS: frozenset[str] = frozenset(
    fold(word)
    for source in (
        _MORE, ENGLISH_WORDS, ARABIZI_WORDS, COUNTED, DOCTOR_TITLES, NOT_NAMES, DAYS, MONTHS, PARTS, RELATIVE_DAYS, RELATIVE_RANGES,
        *SPECIALTIES.values(), *INSURERS.values(), relatives.ENGLISH, relatives.ARABIC, relatives.ARABIZI, relatives.ADJECTIVES,
        relatives.MINE, relatives.CONSTRUCT, ages.NUMBERS, ages.TENS, ages.YEARS, ages.MONTHS, ages.WEEKS, ages.DAYS, ages.DUALS,
        ages.INFANTS, ages.AGE_MARKERS, ages.HAS_MARKERS, ages.ABOUT, ages.BORN, ages.NOT_AN_AGE, ages.TIME_LEADS, ages.HALF,
    )
    for word in source
)  # fmt: skip
# Of a specialty's name in several words, each.
STOPS |= {part for names in SPECIALTIES.values() for name in names for part in fold(name).split()}
# After a word for a relative, before the name.
ADJECTIVES_AFTER = frozenset(
    "الكبير الكبيره الصغير الصغيره الاكبر الاصغر الوسطاني الوسطانيه الاوسط الثاني الثانيه التاني التانيه الاول الاولي البكر الحبيب "
    "الحبيبه العزيز العزيزه كبير كبيره صغير صغيره حبيبي حبيبتي الغالي الغاليه الله الثنتين الاثنين الاتنين الثلاثه الاربعه "
    "جديد الجديد الجديده التوام الرضيع الرضيعه el kbir el zghir el kbira el zghira".split()
)
NAME_MARKERS = frozenset(
    "named called name names اسمه اسمها اسمو اسما اسمهم اساميهم اساميهم اسماءهم اسماوهم سميته سميتها سميتو سمو اسمهن يسمونه تدعي يدعي يدعوه".split()
)

"""Words for ages, numbers and births, folded."""

from __future__ import annotations

_ONES = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"

NUMBERS: dict[str, int] = {
    **{word: number for number, word in enumerate(_ONES.split(), 1)},
    **dict.fromkeys("واحد واحده وحده احدي احد".split(), 1),
    **dict.fromkeys("اثنا اثني اثنتا اثنتي اثنين اتنين تنين ثنين ثنتين تنتين جوج زوز".split(), 2),
    **dict.fromkeys("ثلاث ثلاثه تلات تلاته تلت تلته".split(), 3),
    **dict.fromkeys("اربع اربعه ربعه".split(), 4),
    **dict.fromkeys("خمس خمسه".split(), 5),
    **dict.fromkeys("ست سته".split(), 6),
    **dict.fromkeys("سبع سبعه".split(), 7),
    **dict.fromkeys("ثمان ثمانيه ثماني تمان تمانيه تماني تمن تمنيه ثمنيه ثمنيه".split(), 8),
    **dict.fromkeys("تسع تسعه".split(), 9),
    **dict.fromkeys("عشر عشره".split(), 10),
    **dict.fromkeys("احدعش حداشر حدعش حداعش ايدعش حداش احداشر".split(), 11),
    **dict.fromkeys("اثنعش اتناشر طنعش اطنعش ثنعش تنعش طناش اتنعش اثناعش اثناشر".split(), 12),
    **dict.fromkeys("ثلاثطعش تلتاشر تلتاشر ثلثطعش تلطعش تلتعش تلطاش تلاتاشر ثلاطعش".split(), 13),
    **dict.fromkeys("اربعطعش اربعتاشر ربعطعش اربعتعش ربعطاش".split(), 14),
    **dict.fromkeys("خمسطعش خمستاشر خمستعش خمسطاش خمسطاشر".split(), 15),
    **dict.fromkeys("ستطعش ستاشر ستعش سطعش سطاش".split(), 16),
    **dict.fromkeys("سبعطعش سبعتاشر سبعتعش سبعطاش".split(), 17),
    **dict.fromkeys("ثمنطعش تمنتاشر تمنتعش ثمانطعش تمنطاش".split(), 18),
    **dict.fromkeys("تسعطعش تسعتاشر تسعتعش تسعطاش".split(), 19),
}
TENS: dict[str, int] = {
    **{word: number * 10 for number, word in enumerate(_ENGLISH_TENS.split(), 2)},
    **dict.fromkeys("عشرين عشرون".split(), 20),
    **dict.fromkeys("ثلاثين تلاتين ثلاثون".split(), 30),
    **dict.fromkeys("اربعين اربعون ربعين".split(), 40),
    **dict.fromkeys("خمسين خمسون".split(), 50),
    **dict.fromkeys("ستين ستون".split(), 60),
    **dict.fromkeys("سبعين سبعون".split(), 70),
    **dict.fromkeys("ثمانين تمانين ثمانون".split(), 80),
    **dict.fromkeys("تسعين تسعون".split(), 90),
}
YEARS = frozenset("years year yrs yr yo y yrs. سنه سنين سنوات سنوت سنا عام اعوام عوام سنينه y/o".split())
MONTHS = frozenset("months month mths mth mos mo m شهر شهور اشهر شهرا".split())
WEEKS = frozenset("weeks week wks wk اسبوع اسابيع اسبوعا".split())
DAYS = frozenset("days day ايام يوم".split())
# A number and its unit in one word: (years, months).
DUALS: dict[str, tuple[int, int]] = {
    **dict.fromkeys("سنتين سنتان عامين عامان حولين سنتينه".split(), (2, 0)),
    **dict.fromkeys("شهرين شهران".split(), (0, 2)),
    **dict.fromkeys("اسبوعين يومين".split(), (0, 0)),
}
INFANTS = frozenset("newborn infant رضيع رضيعه الرضيع الرضيعه مولود".split())
# After these a bare number is an age.
AGE_MARKERS = frozenset(
    "aged age ages عمره عمرها عمرو عمرا عمري عمرهم عمراه عمر العمر وعمره بعمر السن سنها عمروا فعمرو فعمره فعمرها".split()
)
# And after these, if a unit follows it.
HAS_MARKERS = frozenset("عنده عندها عندو عندا has".split())
ABOUT = frozenset(
    "about almost nearly around just only now exactly حوالي تقريبا حدود قريب يمكن الحين هلا هسه صار صارت صارلها".split()
)
HALF = frozenset("ونص ونصف".split())
OLD = frozenset("old of".split())
BORN = frozenset(
    "born dob birthday birthdate bday مواليد مواليدها مواليده مولود مولوده انولد انولدت اتولد اتولدت تولد تولدت ولدت خلقت تزاد تزادت "
    "ميلاد ميلادها ميلاده ميلادو الميلاد تولده تولدها ميلادي زادت زاد خلق".split()
)
BORN_FILLERS = frozenset(
    "on in at is was the of date year : - في سنه عام بتاريخ تاريخ يوم شهر ب هو هي ف = من بسنه".split()
)
# After a bare number they say that it is no age.
NOT_AN_AGE = frozenset(
    "am pm a.m p.m oclock o'clock appointments appointment slots slot visits visit times kids children teeth tooth people persons "
    "sar aed egp riyal dollars min mins minutes minute hours hour st nd rd th kg cm % st. الصبح صباحا مساء المسا العصر المغرب الليل "
    "بالليل الضهر الظهر ظهرا عصرا ليلا العشا ونص وربع وثلث وتلت ص م مواعيد موعد ساعه ساعات دقايق دقيقه ريال درهم جنيه اشخاص اطفال "
    "عيال اسنان ضروس ضرس مرات مره today tomorrow tonight tmrw اليوم بكره بكرا باكر غدا النهارده الفجر و ربع نص".split()
) - {"و"}  # fmt: skip
# Before a number they say that it is a time.
TIME_LEADS = frozenset("at by after before around until till الساعه ساعه عالساعه بالساعه بعد قبل لحد حوالي".split())

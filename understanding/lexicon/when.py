"""Words for days, months, hours and parts of the day, folded."""

# datetime.weekday(): Monday 0
DAYS: dict[str, int] = {
    **dict.fromkeys(("monday", "mon", "اثنين", "اتنين", "الاتنين", "تنين"), 0),
    **dict.fromkeys(("tuesday", "tue", "tues", "ثلاثاء", "ثلاثا", "تلاتاء", "تلات", "تلاتا", "ثلوث", "الثلوث"), 1),
    **dict.fromkeys(("wednesday", "wed", "اربعاء", "اربعا", "لاربعا", "الربوع", "ربوع"), 2),
    **dict.fromkeys(("thursday", "thu", "thur", "thurs", "خميس"), 3),
    **dict.fromkeys(("friday", "fri", "جمعه", "جمعة"), 4),
    **dict.fromkeys(("saturday", "sat", "سبت"), 5),
    **dict.fromkeys(("sunday", "sun", "احد", "حد"), 6),
}
# Of these, words that mean something else unless "the" or "day" stands before them.
GIVEN_DAYS: dict[str, int] = {
    word: DAYS[word] for word in ("احد", "حد", "تلات", "تلاتا", "اثنين", "اتنين", "تنين") if word in DAYS
}
# The same, and numbers that are a day only after "day".
CALLED_DAYS: dict[str, int] = {
    **GIVEN_DAYS,
    **dict.fromkeys(("اربع", "اربعه"), 2),
    **dict.fromkeys(("تلاته", "ثلاثه"), 1),
}
MONTHS: dict[str, int] = {
    **dict.fromkeys(("january", "jan", "يناير", "كانون الثاني", "جانفي"), 1),
    **dict.fromkeys(("february", "feb", "فبراير", "شباط", "فيفري"), 2),
    **dict.fromkeys(("march", "mar", "مارس", "اذار"), 3),
    **dict.fromkeys(("april", "apr", "ابريل", "نيسان", "افريل"), 4),
    **dict.fromkeys(("may", "مايو", "ايار", "ماي"), 5),
    **dict.fromkeys(("june", "jun", "يونيو", "حزيران", "جوان"), 6),
    **dict.fromkeys(("july", "jul", "يوليو", "تموز", "جويليه"), 7),
    **dict.fromkeys(("august", "aug", "اغسطس", "اب", "اوت"), 8),
    **dict.fromkeys(("september", "sep", "sept", "سبتمبر", "ايلول"), 9),
    **dict.fromkeys(("october", "oct", "اكتوبر", "تشرين الاول", "تشرين اول"), 10),
    **dict.fromkeys(("november", "nov", "نوفمبر", "تشرين الثاني", "تشرين ثاني"), 11),
    **dict.fromkeys(("december", "dec", "ديسمبر", "كانون الاول", "كانون اول"), 12),
}
RELATIVE_DAYS: dict[str, int] = {
    **dict.fromkeys(("day after tomorrow", "the day after tomorrow", "after tomorrow", "بعد بكره", "بعد بكرا", "بعد باكر", "بعد غد", "بعد غدوه", "بعد الغد", "بعد غدا"), 2),
    **dict.fromkeys(("today", "tonight", "now", "اليوم", "النهارده", "الليله", "هالليله", "الحين", "الان", "دلوقتي", "هلا", "هسا", "اليله", "ليوم", "هاليوم"), 0),
    **dict.fromkeys(("yesterday", "امس", "امبارح", "مبارح", "البارح", "البارحه", "البارحة"), -1),
    **dict.fromkeys(("day before yesterday", "the day before yesterday", "اول امس", "اول امبارح", "قبل امس"), -2),
    **dict.fromkeys(("tomorrow", "tmrw", "tmw", "tomorow", "tommorow", "2moro", "بكره", "بكرا", "بكرة", "باكر", "غدا", "غدوه", "غدوا", "باجر", "بكرى", "بكري"), 1),
}  # fmt: skip
RELATIVE_RANGES: dict[str, str] = {
    **dict.fromkeys(("this week", "هالاسبوع", "هذا الاسبوع", "الاسبوع ده", "الاسبوع هذا", "الاسبوع الحالي", "هاد الاسبوع"), "this_week"),
    **dict.fromkeys(("next week", "الاسبوع الجاي", "الاسبوع القادم", "الاسبوع المقبل", "الاسبوع الجي", "اسبوع الجاي", "الاسبوع اللي جاي", "السيمانه الجايه"), "next_week"),
    **dict.fromkeys(("this weekend", "weekend", "the weekend", "الويكند", "ويكند", "نهايه الاسبوع", "اخر الاسبوع"), "weekend"),
    **dict.fromkeys(("next weekend", "الويكند الجاي"), "next_weekend"),
    **dict.fromkeys(("next month", "الشهر الجاي", "الشهر القادم", "الشهر المقبل", "الشهر اللي جاي"), "next_month"),
}  # fmt: skip
# Wall clock, [from, to).
PARTS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("morning", "صباح", "صبح", "صباحا", "صبحيه", "الصبحيه"), ("08:00", "12:00")),
    **dict.fromkeys(("noon", "midday", "dhuhr", "duhr", "zuhr", "ظهر", "ضهر", "ظهرا", "ظهريه"), ("12:00", "15:00")),
    **dict.fromkeys(("afternoon",), ("12:00", "17:00")),
    **dict.fromkeys(("asr", "عصر", "عصرا", "عصريه"), ("15:00", "17:00")),
    **dict.fromkeys(("maghrib", "maghreb", "sunset", "مغرب", "مغربيه"), ("17:00", "19:00")),
    **dict.fromkeys(("evening", "مساء", "مسا", "مساءا", "المسا", "عشيه", "العشيه"), ("17:00", "21:00")),
    **dict.fromkeys(("night", "tonight", "isha", "ليل", "ليلا", "عشا", "عشاء", "ليله"), ("19:00", "22:00")),
}  # fmt: skip
HOURS: dict[str, int] = {
    **dict.fromkeys(("وحده", "واحده", "وحدة"), 1),
    **dict.fromkeys(("ثنتين", "اثنين", "تنتين", "اتنين", "ثنتان", "ثنين", "ثانيه", "تانيه"), 2),
    **dict.fromkeys(("ثلاثه", "تلاته", "ثلاث", "ثالثه", "تلته"), 3),
    **dict.fromkeys(("اربعه", "اربع", "رابعه"), 4),
    **dict.fromkeys(("خمسه", "خمس", "خامسه"), 5),
    **dict.fromkeys(("سته", "ست", "سادسه"), 6),
    **dict.fromkeys(("سبعه", "سبع", "سابعه"), 7),
    **dict.fromkeys(("ثمانيه", "تمانيه", "ثمان", "تمنيه", "ثمانه", "ثامنه", "تمانه"), 8),
    **dict.fromkeys(("تسعه", "تسع", "تاسعه"), 9),
    **dict.fromkeys(("عشره", "عشر", "عاشره"), 10),
    **dict.fromkeys(("احدعش", "حداشر", "احدي عشر", "حدعش", "داعش", "حداعش", "حاديه عشره"), 11),
    **dict.fromkeys(("اثنعش", "اتناشر", "اثني عشر", "طنعش", "اطنعش", "ثنعش", "تنعش", "ثانيه عشره"), 12),
}  # fmt: skip
# Minutes beside the hour; "half and five" is 35.
CLOCK_WORDS: dict[str, int] = {
    "وربع": 15, "ونص": 30, "وتلت": 20, "وثلث": 20, "وخمسه": 5, "وعشره": 10,
    "الا ربع": -15, "الا تلت": -20, "الا ثلث": -20, "الا خمسه": -5, "الا عشره": -10,
}  # fmt: skip

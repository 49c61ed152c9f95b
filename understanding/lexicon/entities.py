"""Names of things that patients ask for, as folded words; Arabizi is read in Arabic letters, so it needs none here."""

SPECIALTIES: dict[str, tuple[str, ...]] = {
    "dentistry": (
        "dental", "dentist", "dentistry", "teeth", "tooth", "toothache", "orthodontist", "braces", "اسنان", "الاسنان",
        "سن", "سنان", "السنان", "ضرس", "ضرسي", "ضروس", "تقويم", "اسناني", "سني", "سنون", "سنوني", "درس", "درستي", "حشوه", "خلع",
    ),
    "dermatology": (
        "derma", "dermatology", "dermatologist", "skin", "acne", "laser", "جلديه", "الجلديه", "جلد", "جلده", "الجلده", "بشره", "ليزر", "حبوب الوجه",
        "حب الشباب", "تجميل",
    ),
    "pediatrics": (
        "pediatric", "pediatrics", "pediatrician", "paediatric", "paediatrics", "paediatrician", "kids doctor",
        "children doctor", "child doctor", "baby doctor", "اطفال", "الاطفال", "طب اطفال", "دكتور اطفال",
    ),
    "gynecology": (
        "gynecology", "gynecologist", "gynaecology", "gynaecologist", "obgyn", "ob gyn", "gyn", "obstetrics", "pregnancy follow up",
        "نسا", "النسا", "نساء", "النساء", "نسائيه", "نساييه", "ولاده", "النساء والولاده", "نسا وولاده", "متابعه حمل",
    ),
    "ent": ("ent", "ear nose throat", "ears", "انف واذن", "انف واذن وحنجره", "اذن", "حنجره", "جيوب انفيه"),
    "ophthalmology": (
        "eye", "eyes", "ophthalmology", "ophthalmologist", "optician", "عيون", "العيون", "نظر", "رمد", "في عيني", "بعيني", "وجع عيني", "عيني توجعني", "عيني بتوجعني",
    ),
    "orthopedics": (
        "orthopedic", "orthopedics", "orthopaedic", "bone", "bones", "knee", "عظام", "العظام", "ركبه", "ركبتي", "كسور",
    ),
    "internal_medicine": (
        "internal medicine", "internist", "internal", "باطنيه", "الباطنيه", "باطنه", "باطني", "الباطنه", "داخليه", "الداخليه", "سكري", "سكر وغدد",
    ),
    "cardiology": ("cardiology", "cardiologist", "heart", "قلب", "القلب", "قلبيه"),
    "psychiatry": ("psychiatry", "psychiatrist", "psychologist", "therapist", "نفسيه", "نفسي", "النفسيه", "طب نفسي"),
    "nutrition": ("nutrition", "nutritionist", "dietitian", "dietician", "diet", "تغذيه", "التغذيه", "رجيم", "دايت"),
    "physiotherapy": ("physiotherapy", "physio", "physical therapy", "علاج طبيعي", "العلاج الطبيعي"),
    "general": ("general medicine", "general doctor", "general physician", "gp", "general practitioner", "family doctor", "family medicine", "طب عام", "الطب العام", "عام", "طب اسره", "طبيب عام"),
    "urology": ("urology", "urologist", "مسالك", "مسالك بوليه", "المسالك"),
    "neurology": ("neurology", "neurologist", "مخ واعصاب", "اعصاب", "الاعصاب"),
}  # fmt: skip

INSURERS: dict[str, tuple[str, ...]] = {
    "bupa": ("bupa", "بوبا"),
    "tawuniya": ("tawuniya", "tawunia", "taawuniya", "التعاونيه", "تعاونيه"),
    "medgulf": ("medgulf", "med gulf", "ميدغلف", "ميد غلف", "ميدجلف"),
    "malath": ("malath", "ملاذ"),
    "mednet": ("mednet", "med net", "ميدنت", "ميد نت"),
    "daman": ("daman", "ضمان"),
    "axa": ("axa", "gig", "اكسا"),
    "metlife": ("metlife", "met life", "متلايف", "ميتلايف"),
    "allianz": ("allianz", "اليانز"),
    "nextcare": ("nextcare", "next care", "نكست كير", "نكستكير"),
    "aetna": ("aetna", "ايتنا"),
    "cigna": ("cigna", "سيجنا"),
    "walaa": ("walaa", "ولاء"),
    "gulf_union": ("gulf union",),
}

PERSONS: dict[str, tuple[str, ...]] = {
    "child": (
        "my son", "my daughter", "my child", "my kid", "my kids", "my children", "my baby", "my boy", "my girl", "my toddler",
        "our son", "our daughter", "ابني", "بنتي", "ولدي", "طفلي", "طفلتي", "عيالي", "اولادي", "ولادي", "بناتي", "ابنتي", "بنوتي", "وليدي", "ابننا",
    ),
    "spouse": (
        "my wife", "my husband", "hubby", "my spouse", "زوجتي", "زوجي", "مراتي", "جوزي", "مرتي", "حرمتي", "رجلي معي", "المدام", "حرمي", "راجلي", "مرتى",
    ),
    "parent": (
        "my mother", "my father", "my mom", "my mum", "my dad", "my mama", "my parents", "امي", "ابوي", "ابويا", "والدي", "والدتي",
        "الوالد", "الوالده", "ماما", "بابا", "ابي مريض", "امه", "يمه", "بوي", "مامتي", "باباي",
    ),
    "other": (
        "my sister", "my brother", "my friend", "my aunt", "my uncle", "my grandmother", "my grandfather", "my cousin", "my driver", "my maid",
        "my nanny", "my colleague", "اختي", "اخوي", "اخويا", "اخي", "صاحبي", "صديقي", "صديقتي", "خالتي", "عمتي", "خالي", "عمي", "جدتي", "جدي", "ستي", "تيتا",
        "حماتي", "الشغاله", "السايق", "زميلي", "صاحبتي",
    ),
    "self": ("for me", "for myself", "myself", "لي انا", "لنفسي", "ليا انا", "الي انا"),
}  # fmt: skip

COUNTS: dict[str, int] = {
    "two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "اثنين": 2, "اتنين": 2, "تنين": 2, "ثلاثه": 3, "تلاته": 3, "اربعه": 4, "خمسه": 5,
}  # fmt: skip
COUNTED = (
    "people",
    "persons",
    "kids",
    "children",
    "patients",
    "of us",
    "appointments",
    "اشخاص",
    "اطفال",
    "مواعيد",
    "انفار",
    "افراد",
)

DOCTOR_TITLES = (
    "dr",
    "doctor",
    "doc",
    "د",
    "دكتور",
    "دكتوره",
    "الدكتور",
    "الدكتوره",
    "دكتورة",
    "طبيب",
    "دك",
    "بروفيسور",
    "prof",
)
# What follows a title without being a name.
NOT_NAMES = frozenset(
    """the a an is are available please for in on at to and or today tomorrow appointment who which that your you there here with
    do does did can could would was has have i my me it this any male female lady woman said told not about says name names ال
    اطفال اسنان جلديه نسا نساء عيون عظام باطنيه باطنه عام قلب نفسي الاسنان الجلديه الاطفال النسا العيون العظام متاح موجود موجوده
    اليوم بكره بكرا لو من في عن و او هل انا عندكم عندي شاطر شاطره كويس زين زينه ممتاز اللي الي هو هي مع حق بتاع ايش شو وش مين يا
    قال قالت كان لازم ممكن الباطنيه الباطنه القلب انف اذن مسالك تغذيه تجميل علاج طبيعي طب عنده بس دكتور دكتوره مره رجال حرمه ست see sees only تاني ثاني غيره غير داخليه الداخليه السنان الجلده نسا النسا نسائيه""".split()
)

"""Red flags by sign, as patterns over folded text: English, and Arabic with its dialects (Arabizi is read as Arabic).

Sources of the signs: what emergency services everywhere ask to be called for at once (chest pain, trouble breathing,
signs of a stroke, heavy bleeding, unconsciousness, seizures, poisoning, suicide, severe allergy). Wording is ours.
"""

# Arabic words carry prefixes (w, b, al, f) and endings; \w* stands for them.
_BREATH_AR = r"(?:نفس|يتنفس|تتنفس|اتنفس|بيتنفس|بتتنفس|بتنفس|تنفس|نتنفس|ياخد نفس|ياخذ نفس|اخد نفس|اخذ نفس)"
_CANNOT_AR = (
    r"(?:مش|مو|ما|مب|مهو|موب|لا|مابي|ماب|ما عم|ماعم|مهوب|معد|مبقاش|ما بق\w*|مكن\w*)\s*"
    r"(?:قادر\w*|قادره|يقدر\w*|تقدر\w*|اقدر\w*|بقدر\w*|بيقدر\w*|بتقدر\w*|عارف\w*|عرف\w*|كاين|يستطيع|تستطيع|استطيع|ك?نقدر\w*|نجم\w*|اكدر|يكدر|تكدر|كادر\w*|حسن\w*|احسن|يحسن|فيني|فيه|عم|ي|ت|ا)?"
)

RED_FLAGS: dict[str, tuple[str, ...]] = {
    "chest_pain": (
        r"chest (?:\w+ ){0,3}(?:pain|tight|hurt|pressure|heavy|crush|burning and sweat)",
        r"(?:pain|pressure|tightness|squeezing|heaviness|elephant|weight|ache)\w* (?:\w+ ){0,4}(?:chest|left arm)",
        r"(?:heart attack|cardiac arrest)",
        r"heart (?:has )?(?:stopped|stopping)",
        r"(?:الم|وجع|وجعه|وجعا|يوجع\w*|بيوجع\w*|توجع\w*|ضغط|نغز\w*|كتمه|ضيق|ثقل|تقل|حرقان|عصر\w*|طعن\w*|ماسك\w*|مسك\w*) (?:\S+ ){0,4}(?:ب|ف|بال|في )?(?:صدر|الصدر|صدري|صدره|صدرها|بصدر\w*|فصدر\w*)",
        r"\w*صدر(?:ي|ه|ها|و|ا)? (?:\S+ ){0,3}(?:يوجع\w*|بيوجع\w*|توجع\w*|وجع\w*|يالم\w*|يعور\w*|مقبوض|كاتم|ضايق|ماسك\w*|ياجع\w*|يضرني|كيضرن\w*|[يتب]\w*عصر\w*|كتم\w*)",
        r"(?:ازمه|نوبه|جلطه|سكته) (?:\S+ )?(?:قلب\w*|بالقلب|في القلب)",
        r"ذبحه صدريه",
        r"قلب(?:ه|ها|ي) وقف",
    ),
    "cannot_breathe": (
        r"(?:can ?'?t|cannot|can not|cant|couldn'?t|unable to|not able to|barely|hardly|struggl\w+ to|fighting to|not|isn'?t|stopped|trouble|difficulty|hard to|gasping|short of) (?:\w+ ){0,3}breath\w*",
        r"(?:choking|suffocat\w+|gasping for air|turning blue|lips (?:are |is |went |turned |turning )?blue|gone blue|no pulse|not breathing)",
        rf"{_CANNOT_AR}\s*{_BREATH_AR}",
        r"(?:ضيق|صعوبه|كتمه|قطع\w*|انقطاع|انكتم|انقطع) (?:\S+ ){0,2}(?:تنفس|نفس\w*|التنفس|النفس|بالتنفس|بالنفس)",
        r"(?:نفس(?:ه|ها|ي|و)?) (?:\S+ )?(?:مقطوع|انقطع|مكتوم|ضايق|ضيق|وقف|انكتم|مو طالع|مش طالع|مخنوق)",
        r"(?:بيختنق|يختنق|تختنق|بتختنق|بختنق|مخنوق|اختنق|خانق\w*|شرق|غص\w* ب|بلع (?:\S+ ){0,4}(?:خنق|علق|وقف)|علق\w* (?:\S+ ){0,3}(?:حلق|زور))",
        r"(?:ازرق|زرق\w*|مزرق\w*) (?:\S+ ){0,3}(?:وجه|شفا\w*|شفتي\w*|لون\w*)|(?:وجه\w*|شفا\w*|شفتي\w*|لون\w*) (?:\S+ ){0,2}(?:ازرق|زرق\w*|مزرق\w*)",
    ),
    "stroke": (
        r"(?:face|mouth|smile|lip) (?:\w+ ){0,4}(?:droop\w*|dropp\w*|crooked|twisted|fell|one side|sagging)",
        r"(?:slurr\w+|speech (?:is |has )?(?:gone|strange|slurr\w+|garbled)|can'?t (?:speak|talk|move)|cannot (?:speak|talk|move)|suddenly (?:\w+ ){0,3}(?:numb|blind|paraly\w+|weak))",
        r"(?:arm|leg|side|hand|half) (?:\w+ ){0,4}(?:numb|paraly\w+|won'?t move|not moving|dead weight|went weak|gone weak)",
        r"(?:having|had|has|having) a stroke|signs of (?:a )?stroke|\bstroke\b (?:\w+ )?(?:now|symptoms)",
        r"(?:وجه\w*|تم\w*|بق\w*|فم\w*|نص وش\w*|وش\w*|حلك\w*) (?:\S+ ){0,3}(?:مال|مايل|ماله|انحرف|اعوج|معوج|عوج|ملتوي|التوي|انعوج|طايح|نزل)",
        r"(?:ثقل|تقل|تلعثم|لسان\w* (?:ثقل|تقل|ثقيل|تقيل|معقود)|كلام\w* (?:\S+ ){0,2}(?:ثقيل|تقيل|ملخبط|مو مفهوم|مش مفهوم|غير مفهوم))",
        r"(?:ايد\w*|يد\w*|رجل\w*|نص\w*|جنب\w*|شق\w*|نصف) (?:\S+ ){0,4}(?:منمل\w*|نمل\w*|خدر\w*|مخدر\w*|شل\w*|انشل\w*|مشلول\w*|مو قادر يحرك\w*|مش قادر يحرك\w*|ما (?:عم )?(?:ي|ت)تحرك\w*|ما يحرك\w*|لا تتحرك)",
        r"جلطه|سكته|شلل مفاجئ",
    ),
    "bleeding": (
        r"(?:bleed\w*|blood|hemorrhag\w*|haemorrhag\w*) (?:\w+ ){0,5}(?:won'?t stop|wont stop|not stop\w*|doesn'?t stop|everywhere|heav\w+|a lot|badly|pouring|gushing|soak\w+|non ?stop|too much)",
        r"(?:won'?t stop|can'?t stop|heav\w+|severe\w*|losing (?:so much|a lot of)|pouring|gushing|soak\w+ (?:\w+ ){0,3}(?:with )?|vomit\w* (?:\w+ ){0,2}|throwing up |cough\w* up |bucket of ) ?(?:bleeding|blood)",
        r"(?:pregnant|months along|weeks along) (?:\w+ ){0,8}bleeding|bleeding (?:\w+ ){0,8}(?:pregnant|months along)",
        r"نزيف|نازف|ينزف\w*|بينزف\w*|تنزف\w*|بتنزف\w*|انزف|بنزف|كينزف|نزف\w*",
        r"(?:دم|الدم) (?:\S+ ){0,4}(?:ما ?بيوقف|ما ?يوقف\w*|ينفجر|مو راضي يوقف|مش راضي يقف|مش بيقف|ما عم يوقف|ما وقف|لا يتوقف|كتير|كثير|غزير|بغزاره|ما حبس|ماحبس|مبغاش يوقف|ما كيحبس\w*)",
        r"(?:يرجع|بيرجع|يستفرغ|بيستفرغ|يتقيا|ترجع|بترجع|استفرغ\w*|رجع\w*|يكح|بيكح|تكح|كح\w*|يطرش) (?:\S+ ){0,2}دم",
    ),
    "unconscious": (
        r"unconscious|unresponsive|passed out|pass out|blacked out|won'?t wake up|wont wake|not waking up|can'?t wake (?:him|her|my|the)|fainted|collapsed|not respond\w*|doesn'?t respond|went limp|is limp|lifeless",
        r"(?:فاقد|فقد\w*|غايب|غاب\w*|غاب|مغيب|غايبه) (?:\S+ )?(?:عن )?(?:ال)?وعي\w*|مغم[يى]\w*|اغم[يى]\w*|غمي عل\w*|انغمي|اغما|(?:بلا|بدون|من غير) وعي",
        r"(?:ما|مش|مو|لا|مب) ?(?:\S+ )?(?:بيصح\w*|يصح[يو]\w*|تصح[يو]\w*|راضي\w* (?:ي|ت)صح\w*|عم (?:ي|ت)فيق|بيفيق|يفيق|تفيق|بيفوق|يفوق|تفوق|يستجيب|تستجيب|بيستجيب|[يت]رد عل\w*|بيرد|بيحس\b|يحس\b|بتحس\b|تحس\b|يتحرك|بيتحرك)",
        r"طاح\w* (?:\S+ ){0,5}(?:ما|مو|مب) (?:ي|ت)(?:تحرك|رد|صح\w*|قوم)|وقع\w* (?:\S+ ){0,6}(?:مش|ما|مو) (?:\S+ )?(?:بي|ي|ت|بت)(?:تحرك|رد|صح\w*|قوم|حس|نطق)",
    ),
    "seizure": (
        r"seizure|convuls\w+|having a fit|fitting\b(?: now)?(?! (?:room|time|appointment))|shaking uncontroll\w+|jerking (?:\w+ )?(?:uncontroll\w+|all over)|foam\w* (?:\w+ ){0,2}(?:at|from|in)",
        r"تشنج\w*|متشنج\w*|يتشنج\w*|بيتشنج\w*|بتتشنج|صرع|ينتفض (?:\S+ )?(?:كله|جسم\w*)|رغوه|اختلاج\w*|عيون\w* (?:\S+ )?(?:ل)?(?:انقلب\w*|قلب\w*|فوق|مقلوب\w*)",
    ),
    "poison": (
        r"overdos\w+|(?:swallow\w*|drank|drunk|ate|took|taken|ingested|drinking) (?:\w+ ){0,6}(?:bleach|clorox|poison|detergent|chlorine|dettol|kerosene|gasoline|petrol|batter(?:y|ies)|rat|pesticide|cleaner|whole (?:box|bottle|strip|pack)|all (?:my|the|his|her|of) (?:\w+ ){0,2}(?:pills|tablets|medicine|meds)|too many (?:pills|tablets|sleeping))",
        r"poison(?:ed|ing)\b(?! food menu)",
        r"(?:شرب\w*|بلع\w*|اكل(?!م)\w*|كل[تي]?|خذ\w*|خد\w*|اخذ\w*|اخد\w*|تناول\w*) (?:\S+ ){0,5}(?:كلور\w*|كلر\w*|سم(?!\w)|سموم|مبيد|مبيض|منظف|بنزين|كاز|نفط|فليت|بطاريه|اسيد|ديتول|فلاش|(?:علبه|شريط) (?:\S+ ){0,2}(?:دوا|حبوب|كامل\w*|كلها|كله)|(?:حبوب|دوا)\w* كل\w*|(?:ال)?علبه كلها|(?:ال)?شريط كامل|كل (?:ال)?(?:حبوب|دوا\w*|ادويه)|حبوب كتير\w*|حبوب كثير\w*|جرعه زايده|جرعه زائده)",
        r"تسمم|متسمم\w*|جرعه (?:زايده|زائده|كبيره)",
    ),
    "suicide": (
        r"(?:kill|killing|hurt|harm|end) (?:myself|himself|herself|themself)(?! (?:laughing|at the gym))",
        r"(?:end|ending|take|taking|took|tried to take) (?:my|his|her) (?:own )?life|end it all|ending it (?:all|tonight)|suicid\w+|want(?:s)? to die|wanna die|don'?t want to (?:live|be alive|be here anymore)|better off dead|cut (?:my|his|her) wrists?|jump(?:ing)? (?:off|from) (?:the|a|my)|no reason to live|goodbye forever",
        r"انتحر\w*|انتحار\w*|ينتحر|بينتحر|تنتحر|هنتحر|حنتحر|بانتحر|بنتحر",
        r"(?:اقتل|هقتل|بقتل|راح اقتل|رح اقتل|حقتل|اموت|هموت|اذبح|اذي|اقتلت) (?:نفسي|حالي|روحي|راسي)|(?:يقتل|تقتل|يموت|يذبح) (?:نفسه|نفسها|حاله|حالها|روحه|روحها)",
        r"(?:ابغ[يا]|ابي|عايز\w*|عاوز\w*|بدي|اريد|بغيت|حاب|ودي|نفسي|كنبغي|باغي) (?:\S+ ){0,2}(?:اموت|انهي حياتي|اخلص من حياتي|نموت)(?! من الضحك| ضحك)",
        r"(?:انهي|انهاء|اخلص من) (?:حياتي|حياته|حياتها)|ما (?:ابغ[يا]|ابي|بدي|اريد|عايز\w*|عاد ابي) (?:\S+ )?(?:اعيش|اصحي من)|مش (?:عايز\w*|عاوز\w*) (?:\S+ )?اعيش|(?:قطع\w*|جرح\w*) (?:شرايين\w*|يدي|ايدي|معصم\w*)|(?:ارمي|برمي|هرمي) (?:نفسي|حالي)",
    ),
    "allergy": (
        r"anaphyla\w+|(?:throat|tongue|face|lips?|neck) (?:\w+ ){0,4}(?:swell\w*|swollen|closing|clos\w+ up|puff\w+ up)(?: \w+){0,8}|epipen",
        r"(?:swell\w*|swollen) (?:\w+ ){0,3}(?:throat|tongue|lips)",
        r"(?:لسان\w*|حلق\w*|زور\w*|شفا\w*|شفتي\w*|شفايف\w*|وجه\w*|وش\w*) (?:\S+ ){0,3}(?:ورم\w*|تورم\w*|انتفخ\w*|منتفخ\w*|متورم\w*|وارم\w*|نفخ\w*|منفوخ\w*|يورم|بيورم|تورم)",
        r"(?:ورم\w*|تورم\w*|انتفخ\w*|انتفاخ) (?:\S+ ){0,3}(?:لسان\w*|حلق\w*|زور\w*|شفا\w*|شفتي\w*|شفايف\w*)",
        r"صدمه تحسسيه|حساسيه (?:شديده|قويه) (?:\S+ ){0,4}(?:نفس|يتنفس|تتنفس|تورم)",
    ),
    "injury": (
        r"(?:car accident|hit by a car|run over|electrocut\w+|drown\w*|severe burn|burn(?:t|ed) badly|fell (?:from|off) (?:the |a )?(?:\w+ )?(?:balcony|floor|roof|window|stairs and)|head injury|stabbed|shot in)",
        r"(?:(?:سوي\w*|عمل\w*|صار\w*|تعرض\w*|صاير\w*) (?:\S+ ){0,2}حادث|حادث (?:سير )?(?:قوي|خطير|كبير)|دهس\w*|صدم\w* سيار\w*|كهرب\w*|انكهرب|غرق\w*|طعن\w* (?:ب)?سكين|(?:طاح|وقع|سقط)\w* من (?:\S+ )?(?:البلكون\w*|السطح|الدور|الطابق|الشباك)|حروق شديده|احترق\w*)",
    ),
    "labour": (
        r"(?:water(?:s)? (?:just )?broke|in labou?r|contractions every)",
        r"(?:نزل\w* (?:ال)?(?:مي\w*|ماء) (?:\S+ ){0,3}(?:حامل|الولاده)|طلق (?:\S+ )?(?:كل|قوي)|(?:ال)?(?:جنين|بيبي) (?:\S+ ){0,2}(?:ما|مش|مو) (?:\S+ )?(?:ي|بي|ب)?تحرك)",
        r"baby (?:\w+ ){0,3}(?:not|stopped|hasn'?t) (?:been )?mov\w+",
    ),
    "call_ambulance": (
        r"\bambulance\b (?:\w+ ){0,3}(?:now|please|quick|hurry|asap)|(?:call|send|need) (?:\w+ ){0,2}ambulance|is dying\b|(?:he|she|my \w+) is dying",
        r"(?:اسعاف|الاسعاف) (?:\S+ ){0,3}(?:بسرعه|الان|الحين|دلوقتي|حالا|ضروري|هلا|هسا|عاجل)|(?:ابي|ابغي|بدي|عايز|اطلب\w*|ارسل\w*|ابعت\w*|محتاج) (?:\S+ )?اسعاف|(?:بيموت|يموت|بتموت|تموت) (?:\S+ ){0,2}(?:الحقو\w*|بين ايدي\w*|قدامي|الان|الحين)|الحقوني|الحقونا",
    ),
}  # fmt: skip

HUMAN_NOW: dict[str, dict[str, tuple[str, ...]]] = {
    "sensitive": {
        "abuse": (
            r"(?:husband|wife|father|brother|boyfriend|he|she|uncle|he keeps) (?:\w+ ){0,2}(?:hits|beats|beat|abus\w+|hurts|threaten\w*) (?:me|us|my)",
            r"raped|molest\w+|sexual(?:ly)? (?:assault|abus|harass)\w*|domestic violence",
            r"(?:يضربني|بيضربني|ضربني|تضربني|يعنفني|بيعنفني|يهددني|بيهددني|تحرش\w*|اغتص\w*|يعتدي علي|كيضربني)",
        ),
        "loss": (
            r"(?:miscarr\w+|lost (?:the|my|our) (?:baby|pregnancy)|stillb\w+|passed away|died (?:last|this|yesterday|today|in)|lost my (?:\w+ )?(?:mother|father|husband|wife|son|daughter|mom|dad|brother|sister)(?! number| card| phone))",
            r"(?:اجهضت|اجهاض|سقطت (?:ال)?(?:حمل|جنين)|فقدت (?:ال)?(?:جنين\w*|حمل\w*|ابن\w*|ام\w*|اب\w*|والد\w*|زوج\w*)|توف\w+ (?:والد\w*|ام\w*|اب\w*|زوج\w*|ابن\w*|بنت\w*|اخ\w*|جد\w*)|(?:والد\w*|ام[يه]|ابو?ي\w*|زوج[يت]\w*|ابني) (?:الله يرحم\w*|توف\w+|مات(?:ت|و)?\b))",
        ),
        "mind": (
            r"depress\w+|panic attack\w*|anxiety (?:is|attack)\w*|hopeless|can'?t go on|addict\w*|relaps\w+|self[- ]harm|cutting myself",
            r"(?:اكتئاب|مكتئب\w*|اكتياب|مكتيب\w*|نوبات? هلع|ادمان|مدمن\w*|تعاطي|يتعاطي)",
        ),
        "diagnosis": (
            r"\b(?:hiv|aids|std|sti|herpes|syphilis|gonorrh\w+)\b|(?:have|has|got|diagnosed with|it'?s) cancer|biopsy (?:is|was|came) (?:\w+ )?(?:malignant|positive)|erectile|impoten\w+",
            r"(?:ايدز|الايدز|هربس|سيلان|زهري|ضعف جنسي|ضعف انتصاب|سرعه قذف|سرطان|ورم خبيث|الخبيث)",
        ),
    },
    "complaint": {
        "said": (
            r"(?:file|make|submit|raise|register|have|formal) (?:\w+ ){0,2}complain\w*|\bcomplain(?:t|ing)?\b (?:about|against|to)|unacceptable|disgust\w+|(?:very|so|extremely|really|was|were) rude|rude (?:staff|reception\w*|doctor|nurse)|ministry of health|report you|sue you|scam\w*|ripped? (?:me )?off|overcharg\w+|never coming back|worst (?:clinic|service|experience|doctor)|negligen\w+|malpractice|disrespect\w*|ignored (?:me|us)|shouted at",
            r"(?:شكوي|اشتكي|اشكي|اشتكيكم|بشتكي|هشتكي|تقديم شكوي|وزاره الصحه|نصب\w* عل\w*|نصابين|حراميه|نصب واحتيال|غير مقبول|مو مقبول|مش مقبول|قله ادب|قليل\w* (?:ال)?(?:ادب|ذوق)|سوء معامله|معامله سيئ\w*|معامله سيي?ه|اسوا عياد\w*|اسوا خدم\w*|اسلوب\w* (?:زفت|سيئ?|وقح|خايس|مو حلو|مش كويس)|وقح\w*|استغلال|اهمال|مهزله|قرف|زفت|مستهتر\w*|عيب عليكم|حسبي الله)",
        ),
        "waiting": (
            r"wait(?:ed|ing) (?:\w+ ){0,4}(?:hour|hours|hrs)|(?:hour|hours|hrs) (?:\w+ ){0,3}wait(?:ed|ing)|been waiting (?:since|for ages)|kept (?:me|us) waiting",
            r"(?:انتظرت|استنيت|نطرت|انتظرنا|استنينا|نطرنا|قعدت انتظر|ستنيت) (?:\S+ ){0,3}(?:ساع\w*|ساعتين|ساعات)|(?:ساع\w*|ساعتين|ساعات) (?:\S+ ){0,3}(?:وانا|واحنا|ونحن)? ?(?:انتظر|مستني\w*|انطر|ناطر\w*|منتظر\w*)",
        ),
    },
}  # fmt: skip

# Taken out before anything is looked for: a figure of speech, a place, an exam.
DECOYS: tuple[str, ...] = (
    r"killing me|to die for|dying to|dead tired|heart of the (?:city|town|mall)|heart (?:clinic|doctor|specialist|center|centre|department|checkup)",
    r"passed (?:the|his|her|my|an?) (?:\w+ )?(?:exam|test|interview|driving)",
    r"(?:chest|breast|heart) (?:x ?-?ray|clinic|doctor|specialist|department|scan|ct|echo)",
    r"emergency (?:department|room|clinic|contact|number) (?:open|hours|location|where|cost|price)|do you have (?:an )?(?:emergency|ambulance)",
    r"first aid course|cpr course|blood (?:test|work|type|draw|sugar test|group|donation)|bleeding (?:gum|gums)|gums? bleed\w*",
    r"stroke of|heart ?broken over|breathtaking|catch my breath|different stroke",
    r"(?:ميت|ميته|بموت|هموت|باموت|اموت) (?:من )?(?:ال)?(?:جوع|ضحك|شوق|حر|فيك|فيكم|في)",
    r"(?:تحليل|تحاليل|فحص|سحب|تبرع ب?ال?|فصيله|بنك|ضغط|سكر|نسبه) ?(?:ال)?دم",
    r"(?:دكتور|دكتوره|عياده|طبيب|استشاري|قسم|اشعه|كشف|اخصائي) (?:ال)?(?:قلب|صدر|صدريه)|اشعه (?:ع )?(?:ال)?صدر",
    r"نزيف لثه|لثت\w* (?:ت|بت)نزف|نزيف (?:في )?(?:ال)?لثه|ازاله سم|تسمم الحمل قديم",
)  # fmt: skip

DENIALS: tuple[str, ...] = (
    r"\b(?:no|not|without|isn'?t|not having|don'?t have|never had|denies|free of)\s+(?:any |a |real |having )?$",
    r"(?<!\w)(?:بدون|من غير|ما في|مافي|مفيش|ما عند\w*|ماعند\w*|ما فيه|مش عند\w*|لا يوجد|ما عنده)\s+(?:اي )?$",
)

PAST: tuple[str, ...] = (
    r"\b(?:last (?:year|month)|years? ago|months? ago|used to|in the past|history of|previously|when i was|long ago|had a (?:stroke|heart attack|seizure) in|since 20\d\d|in 20\d\d)\b",
    r"(?:السنه الماضيه|السنه اللي فاتت|العام الماضي|الشهر الماضي|قبل (?:سنه|سنين|سنوات|شهر|شهور|شهرين|سنتين)|من (?:سنه|سنين|زمان|سنتين|شهور)|زمان كان|كان عنده|كان عندي|كان عندها|تاريخ مرضي)",
)

# Acute and worrying, but no red flag: asked, not guessed.
WORRIES: tuple[str, ...] = (
    r"very urgent|it'?s urgent|\bemergency\b|please help|help me|high fever|fever (?:of )?(?:4[0-9]|39)|severe pain|unbearable|dizzy|blood\b|chest\b",
    r"طوارئ|طواري|حاله طارئه|مستعجل جدا|ضروري جدا|ساعدوني|الم شديد|وجع شديد|حراره (?:\S+ ){0,2}(?:4[0-9]|39)|دوخه|بصدر\w*|صدري",
)

"""The safety net: red flags in every language, and the decoys that look like them."""

from __future__ import annotations

import pytest

from understanding.arabizi import to_arabic
from understanding.folding import fold
from understanding.safety import Safety, check


def net(text: str) -> Safety:
    folded = fold(text)
    return check(folded, to_arabic(folded))


EMERGENCIES = """
my father has chest pain and cannot breathe | crushing pain in my chest and my left arm | I think he is having a heart attack
she can't breathe | my son is not breathing | he is choking on a grape | her lips are blue | difficulty breathing since an hour
my mother's face is drooping | he is slurring his words | sudden weakness, his arm is numb | signs of a stroke
bleeding heavily and it won't stop | vomiting blood | 8 months pregnant and bleeding | there is blood everywhere
he is unconscious | my wife passed out | my baby won't wake up | she collapsed in the kitchen | my daughter is unresponsive
my child is having a seizure | foam coming from his mouth | convulsions for five minutes
my son drank bleach | she took all her pills | overdosed on paracetamol | toddler swallowed a battery
I want to kill myself | he says he will end his life | I want to die | suicidal thoughts right now
my throat is closing up | my tongue is swollen after the antibiotic | anaphylaxis
ابوي عنده الم في صدره ومو قادر يتنفس | عندي ألم شديد بالصدر | صدري يوجعني من ساعة | ماما عندها جلطة
مش قادر اتنفس | ضيق تنفس شديد | ابني بيختنق | وجهه أزرق
وشه اتعوج ومش بيعرف يتكلم ولسانه تقيل | نص جسمه مشلول | ايده منملة ومش قادر يحركها
نزيف قوي ما يوقف | بينزف من راسه | الدم ما بيوقف | عم يستفرغ دم | حامل وعندي نزيف
فاقد الوعي | مغمى عليه | اغمي عليها | امي طاحت وما ترد علينا | ابني وقع ومش بيتحرك
تشنج من خمس دقايق | بنتي متشنجة
شرب كلور | اختي بلعت شريط بنادول كامل | شربت حبوبي كلها | تسمم
ابغى انتحر | عايز اموت نفسي | بدي اقتل حالي | راح انهي حياتي
لسانها تورم بعد الدوا | شفايفه منتفخة
abooya 3ando alam fe sedro w msh 2ader yetnaffes | ana msh 2ader atnaffes | 3andi alam fe sedri | ommi moghma 3aleiha
ebni sharib clorox kol el 3elba? | 3ayez amoot nafsi | ente7ar | nazeef gamed
ambulance please hurry | الحقوني ابوي بيموت
"""
DECOYS = """
this toothache is killing me, any slot today? | I'm dying to see the new clinic | my uncle passed the exam | dead tired but coming
I need an appointment with the heart doctor | chest x-ray price? | how much is the blood test | do you have an emergency department, what hours
my gums bleed when I brush | no chest pain anymore, just want a checkup | I had a heart attack last year and need a follow up
the baby loves your clinic | breathtaking service | can I breathe easy now that it is booked | first aid course dates
book a cardiologist for my father | blood type test | a stroke of luck, thank you | I was dying of laughter
ابغى دكتور قلب | اشعة صدر بكم | تحليل دم | ميت من الجوع متى تفتحون | بموت من الضحك | دكتور الصدرية موجود؟
كان عنده جلطة قبل سنتين ويبغى متابعة | ما عنده الم بالصدر بس كشف | نزيف لثة بسيط متى الموعد | فصيلة الدم
عيادة القلب وين | قسم الصدرية | ابغى موعد اسنان | متى نتيجة تحليل الدم | تبرع بالدم
3ayez a7gez 3and doctor alb | ta7leel dam bkam | bokra el sa3a 5 | momken maw3ed asnan
hello | thank you | where are you | yes | cancel my appointment | do you take bupa | what are your hours | I will be late
"""


def cases(block: str) -> list[str]:
    return [one.strip() for line in block.strip().splitlines() for one in line.split("|")]


@pytest.mark.parametrize("text", cases(EMERGENCIES))
def test_a_red_flag_is_an_emergency(text: str) -> None:
    alarm = net(text).alarm
    assert alarm is not None and alarm.route == "emergency"


@pytest.mark.parametrize("text", cases(DECOYS))
def test_a_decoy_is_none(text: str) -> None:
    alarm = net(text).alarm
    assert alarm is None or alarm.route != "emergency"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("I waited two hours and the receptionist was rude", "complaint"),
        ("انتظرت ساعتين وما احد عبرني", "complaint"),
        ("ابغى اقدم شكوى", "complaint"),
        ("my husband hits me", "sensitive"),
        ("زوجي يضربني", "sensitive"),
        ("I had a miscarriage", "sensitive"),
        ("عندي اكتئاب", "sensitive"),
    ],
)
def test_complaints_and_sensitive_words_go_to_a_person_at_once(text: str, intent: str) -> None:
    alarm = net(text).alarm
    assert alarm is not None and (alarm.route, alarm.intent) == ("human_now", intent)


def test_what_is_past_or_denied_but_worrying_is_asked_about() -> None:
    assert net("I had a heart attack last year").unsure_urgent
    assert net("he has a high fever and is dizzy").unsure_urgent
    assert not net("book me a dentist").unsure_urgent

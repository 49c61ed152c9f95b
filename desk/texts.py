"""What the desk says, in English and Arabic."""

from __future__ import annotations

ENGLISH = {
    "app": "Istiqbal", "login": "Log in", "logout": "Log out", "username": "Username", "password": "Password",
    "login_failed": "That name and password do not fit together.",
    "login_blocked": "Too many tries. Please wait a few minutes.",
    "waiting": "Waiting for you", "with_people": "With a colleague", "with_bot": "With the assistant", "today": "Appointments",
    "nothing_waiting": "Nobody is waiting. Well done.", "no_chat": "Choose a chat on the left.", "search": "Search name or number",
    "reason_emergency": "Emergency", "reason_complaint": "Complaint", "reason_sensitive": "Sensitive",
    "reason_medical_question": "Medical question", "reason_request_human": "Asked for a person",
    "reason_not_understood": "Not understood", "reason_media": "Picture, voice or file", "reason_clinic_rule": "Clinic rule",
    "reason_failure": "Something failed", "reason_request": "Request",
    "since": "since {clock}", "taken_by": "{name} has it", "take": "Take", "reply": "Send", "reply_label": "Your answer",
    "hand_back": "Hand back to the assistant", "owner_bot": "The assistant answers this chat. If you write, it becomes yours.",
    "window_closed": "The patient last wrote more than 24 hours ago. WhatsApp lets us answer only after they write again.",
    "empty_reply": "Write something first.", "sender_patient": "Patient", "sender_bot": "Assistant", "sender_staff": "Reception",
    "sender_system": "System", "status_queued": "waiting", "status_sending": "sending", "status_accepted": "sent",
    "status_sent": "sent", "status_delivered": "delivered", "status_read": "read", "status_failed": "not delivered",
    "status_unsure": "unsure whether it arrived", "status_cancelled": "not sent",
    "time": "Time", "patient": "Patient", "practitioner": "Doctor", "specialty": "Specialty", "state": "State",
    "booked": "booked", "confirmed": "confirmed", "arrived": "arrived", "fulfilled": "done", "cancelled": "cancelled",
    "noshow": "did not come", "no_appointments": "No appointments on this day.", "previous_day": "Day before", "next_day": "Day after",
    "other_language": "العربية", "forbidden": "Your role does not include this page.", "not_found": "There is nothing here.",
    "skip": "Skip to the content", "emergency_alarm": "Emergency waiting", "voice": "voice message", "back": "All chats",
    "reload": "Please reload the page and try again.",
}  # fmt: skip
ARABIC = {
    "app": "استقبال", "login": "دخول", "logout": "خروج", "username": "اسم المستخدم", "password": "كلمة المرور",
    "login_failed": "الاسم وكلمة المرور غير متطابقين.", "login_blocked": "محاولات كثيرة. انتظر بضع دقائق من فضلك.",
    "waiting": "بانتظارك", "with_people": "مع زميل", "with_bot": "مع المساعد", "today": "المواعيد",
    "nothing_waiting": "لا أحد ينتظر. أحسنتم.", "no_chat": "اختر محادثة من القائمة.", "search": "ابحث بالاسم أو الرقم",
    "reason_emergency": "طارئ", "reason_complaint": "شكوى", "reason_sensitive": "حساس", "reason_medical_question": "سؤال طبي",
    "reason_request_human": "طلب موظفًا", "reason_not_understood": "لم يُفهم", "reason_media": "صورة أو صوت أو ملف",
    "reason_clinic_rule": "قاعدة العيادة", "reason_failure": "حدث خلل", "reason_request": "طلب",
    "since": "منذ {clock}", "taken_by": "عند {name}", "take": "استلام", "reply": "إرسال", "reply_label": "ردك",
    "hand_back": "إعادة إلى المساعد", "owner_bot": "المساعد يرد في هذه المحادثة. إن كتبت صارت عندك.",
    "window_closed": "آخر رسالة من المريض قبل أكثر من 24 ساعة. واتساب لا يسمح بالرد إلا بعد أن يكتب من جديد.",
    "empty_reply": "اكتب شيئًا أولًا.", "sender_patient": "المريض", "sender_bot": "المساعد", "sender_staff": "الاستقبال",
    "sender_system": "النظام", "status_queued": "بالانتظار", "status_sending": "يُرسل", "status_accepted": "أُرسل",
    "status_sent": "أُرسل", "status_delivered": "وصل", "status_read": "قُرئ", "status_failed": "لم يصل",
    "status_unsure": "لا نعلم إن وصل", "status_cancelled": "لم يُرسل",
    "time": "الوقت", "patient": "المريض", "practitioner": "الطبيب", "specialty": "التخصص", "state": "الحالة",
    "booked": "محجوز", "confirmed": "مؤكد", "arrived": "حضر", "fulfilled": "تم", "cancelled": "ملغى", "noshow": "لم يحضر",
    "no_appointments": "لا مواعيد في هذا اليوم.", "previous_day": "اليوم السابق", "next_day": "اليوم التالي",
    "other_language": "English", "forbidden": "صلاحيتك لا تشمل هذه الصفحة.", "not_found": "لا يوجد شيء هنا.",
    "skip": "إلى المحتوى", "emergency_alarm": "حالة طارئة تنتظر", "voice": "رسالة صوتية", "back": "كل المحادثات",
    "reload": "أعد تحميل الصفحة وحاول من جديد.",
}  # fmt: skip
TEXTS = {"en": ENGLISH, "ar": ARABIC}


def text(key: str, language: str, **values: object) -> str:
    return TEXTS[language][key].format(**values)

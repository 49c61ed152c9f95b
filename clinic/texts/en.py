"""English. Warm, short, plain; never a diagnosis, never advice."""

TEXTS = {
    # greetings and small talk
    "greet": "Hello, and welcome to {clinic}. I am the clinic's assistant: I can book, move or cancel a visit and "
    "answer questions, and my colleagues at reception are here too. How can I help?",
    "goodbye": "Take care, and write any time.",
    "thank": "You are most welcome. Is there anything else I can do for you?",
    "bot_challenge": "I am the automatic assistant of {clinic}. Our reception team reads along and takes over "
    "whenever you like: just write “person”.",
    "change_language": "Of course, we will go on in English.",
    "out_of_scope": "I can only help with visits to {clinic} and questions about it. What can I do for you?",
    "affirm_nothing_open": "Thank you. There is nothing open to confirm just now. Would you like to book a visit?",
    "deny_nothing_open": "All right. Write to me whenever you need something.",
    # menu
    "menu_book": "Book a visit",
    "menu_my_visits": "My visits",
    "menu_person": "Talk to a person",
    # understanding
    "not_understood": "I am sorry, I did not quite get that. You can say it in other words, or choose:",
    "not_understood_person": "I am sorry, I still do not understand, so I am passing this to my colleagues at "
    "reception. They can see our whole conversation.",
    "unsure_urgent": "Is this urgent, do you need help right now? If so, call {number} at once.",
    "urgent_yes": "Yes, it is urgent",
    "urgent_no": "No, not urgent",
    "urgent_not": "Good to know. How can I help?",
    "choose": "Choose",
    "again": "Where were we? Please choose:",
    "again_specialty": "Back to your booking: which specialty?",
    "again_slot": "Back to your booking: which time suits you?",
    "again_patient_name": "Back to your booking: what is the patient's name?",
    "again_confirm": "Back to your booking: shall I confirm it?",
    "again_appointment": "Back to your visit: which one do you mean?",
    "again_confirm_cancel": "Back to your visit: shall I cancel it?",
    # booking
    "booking_which_specialty": "Gladly. Which specialty would you like?",
    "booking_specialties_button": "Specialties",
    "booking_which_slot": "{specialty}: these are the next free times. Which one suits you?",
    "booking_which_slot_with": "{specialty} with {practitioner}: these are the next free times. Which one suits you?",
    "booking_which_slot_asked": "{specialty}: these times fit what you asked for. Which one suits you?",
    "booking_nothing_then": "Nothing is free then in {specialty}. These are the nearest times. Which one suits you?",
    "booking_slot_taken": "I am sorry, that time has just been taken. These are the nearest free times in {specialty}:",
    "booking_times_button": "Times",
    "booking_more": "More times",
    "booking_any_doctor": "Other doctors",
    "booking_patient_name": "What is the patient's full name?",
    "booking_confirm": "{specialty} with {practitioner}\n{when}\nFor: {patient}\n\nShall I book it? I am keeping this "
    "time for you for 5 minutes.",
    "booking_confirm_move": "Move the visit with {practitioner}\nto: {when}\nFor: {patient}\n\nShall I move it?",
    "booking_yes": "Confirm",
    "booking_other_time": "Another time",
    "booking_someone_else": "For someone else",
    "booking_done": "Booked. ✅\n{specialty} with {practitioner}\n{when}\nFor: {patient}\n\n{clinic}, {address}\n"
    "If your plans change, just write to me.",
    "booking_moved": "Moved. ✅\n{specialty} with {practitioner}\n{when}\nFor: {patient}\n\nSee you then.",
    "booking_stopped": "All right, nothing is booked. Write whenever you like to start again.",
    "booking_move_stopped": "All right, your visit stays as it is.",
    "booking_none_free": "There is no free time in {specialty} in the coming weeks. I am passing you to my colleagues "
    "at reception, who will look for one.",
    "booking_specialty_unknown": "I am sorry, we do not have that specialty. These are ours:",
    "booking_expired": "That choice is no longer open. Shall we start again?",
    # own visits
    "visits_none": "You have no visit ahead of you with us. Would you like to book one?",
    "visits_list": "Your visits:\n{visits}",
    "visits_line": "• {when}: {specialty} with {practitioner} ({patient})",
    "visits_which_move": "Which visit would you like to move?",
    "visits_which_cancel": "Which visit would you like to cancel?",
    "visits_button": "Visits",
    "visits_gone": "I cannot find that visit any more. It may have been changed already.",
    "cancel_confirm": "Cancel this visit?\n{specialty} with {practitioner}\n{when}\nFor: {patient}",
    "cancel_yes": "Yes, cancel it",
    "cancel_keep": "Keep it",
    "cancel_done": "Your visit on {when} is cancelled. Would you like another time?",
    "cancel_kept": "All right, your visit stays as it is.",
    "visit_confirmed": "Thank you. We look forward to seeing you on {when}.",
    "running_late": "Thank you for telling us. I am letting reception know that you are running late. Please travel "
    "safely.",
    "earlier_slot": "I am passing your wish for an earlier time to reception. They will write to you here if one "
    "frees up.",
    # people
    "handoff_complaint": "I am very sorry to hear this. I am passing it to a colleague right now, and they will answer "
    "you here. They can see the whole conversation.",
    "handoff_sensitive": "Thank you for trusting us with this. A colleague takes over from here and will answer you "
    "personally, in confidence.",
    "handoff_medical_question": "That is a question for our medical team, and I do not want to guess. I am passing it "
    "on, and a colleague will answer you here. If it gets worse or feels urgent, call {number}.",
    "handoff_request_human": "Of course. A colleague from reception takes over and will answer you here.",
    "handoff_request": "I am passing this to my colleagues at reception. They will answer you here.",
    "handoff_media": "Thank you, it has arrived. I cannot open this myself, so a colleague will look at it and answer "
    "you here.",
    "emergency": "This sounds like an emergency. Please call {number} now, or go to the nearest emergency room. "
    "Do not wait for our answer. A colleague is being told at once.",
    "apology_person": "I am sorry, something went wrong on our side. Your message is safe, and a colleague will answer "
    "you here.",
    "back_with_bot": "I am back to help you, the clinic's assistant.",
    # consent and language
    "opt_out_done": "Done: we will not write to you on our own any more. You can still write to us, and we will "
    "answer. To hear from us again, write “start”.",
    "opt_in_done": "Done: we will send you confirmations and reminders again. Write “stop” whenever you like.",
    # questions with one answer
    "faq_hours": "Our hours at {clinic}:\n{hours}",
    "faq_hours_line": "{day}: {sessions}",
    "faq_hours_closed": "closed",
    "faq_location": "{clinic}\n{address}\n{map}",
    "faq_prices": "A visit costs:\n{prices}\nOther treatments depend on what the doctor finds; reception can tell you "
    "more.",
    "faq_prices_one": "A visit in {specialty} costs {price}.",
    "faq_price_line": "• {specialty}: {price}",
    "faq_price_unknown": "ask reception",
    "faq_insurance": "We work with: {insurers}.\nPlease bring your insurance card and an ID.",
    "faq_insurance_yes": "Yes, we work with {insurer}. Please bring your insurance card and an ID.",
    "faq_insurance_no": "{insurer} is not among the insurers we work with. Those are: {insurers}.",
    "faq_doctors": "Our doctors:\n{doctors}",
    "faq_doctor_line": "• {practitioner}: {specialties}",
    "faq_female_doctor": "Yes. Our women doctors:\n{doctors}",
    "faq_female_doctor_none": "I am sorry, there is no woman doctor in the clinic at the moment.",
    "faq_services": "We offer: {specialties}.\nWould you like to book?",
    "faq_contact": "You can reach us here at any time, or by phone: {phone}.",
    "faq_no_text": "I do not have that answer at hand, so I am asking my colleagues at reception. They will answer "
    "you here.",
}

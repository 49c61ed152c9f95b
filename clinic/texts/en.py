"""English. Warm, short, plain; never a diagnosis, never advice."""

TEXTS = {
    # greetings and small talk
    "greet": "A warm welcome to {clinic}. I am the clinic's assistant: I can book, move or cancel a visit and "
    "answer questions, and my colleagues at reception are here too. How can I help?",
    "goodbye": "Take care, and write any time.",
    "thank": "You are most welcome.",
    "bot_challenge": "I am the automatic assistant of {clinic}. Our reception team reads along and takes over "
    "whenever you like: just write “person”.",
    "change_language": "Of course, we will go on in English.",
    "out_of_scope": "I am sorry, that is not something I can help with. For {clinic} I can book, move or cancel a "
    "visit, "
    "and tell you about hours, doctors, prices and insurance.",
    "affirm_nothing_open": "Thank you. There is nothing open to confirm just now. Would you like to book a visit?",
    "deny_nothing_open": "All right. Write to me whenever you need something.",
    "thank_beside": "You are most welcome.",
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
    "again_day": "Back to your booking: which day suits you?",
    "again_doctor": "Back to your booking: which doctor would you like?",
    "again_wish": "Back to your booking: shall I look with any doctor?",
    "again_refused": "Back to your booking: what shall we do?",
    "again_none_free": "Back to your booking: shall I write to you when a time frees up?",
    # booking
    "booking_which_specialty": "Gladly. Which specialty would you like?",
    "booking_specialty_button": "Specialties",
    "booking_which_slot": "{specialty}: these are the next free times. Which one suits you?",
    "booking_which_slot_with": "{specialty} with {practitioner}: these are the next free times. Which one suits you?",
    "booking_which_slot_asked": "{specialty}: these times fit what you asked for. Which one suits you?",
    "booking_none_then": "Nothing is free then in {specialty}. These are the nearest times. Which one suits you?",
    "booking_taken": "I am sorry, that time has just been taken. These are the nearest free times in {specialty}:",
    "booking_slot_button": "Times",
    "booking_more": "More times",
    "booking_any_doctor": "Other doctors",
    "booking_patient_name": "What is the patient's full name?",
    "booking_confirm": "{specialty} with {practitioner}\n{when}\nFor: {patient}\n\nShall I book it? I am keeping this "
    "time for you for {minutes} minutes.",
    "booking_confirm_move": "Move the visit with {practitioner}\nto: {when}\nFor: {patient}\n\nShall I move it?",
    "booking_yes": "Confirm",
    "booking_other_time": "Another time",
    "booking_someone_else": "For someone else",
    "booking_done": "Booked. ✅\n{specialty} with {practitioner}\n{when}\nFor: {patient}\n\n{clinic}, {address}\n"
    "If your plans change, just write to me.",
    "booking_also_for": "Shall I book for one of the others too?",
    "booking_also_button": "The others",
    "booking_moved": "Moved. ✅\n{specialty} with {practitioner}\n{when}\nFor: {patient}\n\nSee you then.",
    "booking_stopped": "All right, nothing is booked. Write whenever you like to start again.",
    "booking_move_stopped": "All right, your visit stays as it is.",
    "booking_none_free": "I am sorry, there is no free time in {specialty} in the coming weeks. Shall I write to you "
    "as "
    "soon as one frees up?",
    "booking_specialty_unknown": "I am sorry, we do not have that specialty. These are ours:",
    "booking_expired": "That choice is no longer open. Shall we start again?",
    "booking_day_button": "Days",
    "booking_doctor_button": "Doctors",
    "booking_which_day": "{specialty}: which day suits you? These are the next days with free times.",
    "booking_which_doctor": "{specialty}: which doctor would you like?",
    "booking_whoever": "Any doctor",
    "booking_other_day": "Another day",
    "booking_other_specialty": "Another specialty",
    "booking_join_waitlist": "Yes, tell me",
    "booking_closed": "{specialty}: we are closed on {day}. These are the nearest times. Which one suits you?",
    "booking_closed_for": "{specialty}: we are closed on {day} ({holiday}). These are the nearest times. Which one "
    "suits "
    "you?",
    "booking_past": "{specialty}: that day is over already. These are the next free times. Which one suits you?",
    "booking_too_soon": "{specialty}: that is too soon for me to book. These are the next free times. Which one suits "
    "you?",
    "booking_too_far": "{specialty}: I cannot book that far ahead yet. These are the latest free times I have. Which "
    "one "
    "suits you?",
    "booking_no_female_doctor": "{specialty}: we have no woman doctor there at the moment. Shall I look with any "
    "doctor?",
    "booking_no_male_doctor": "{specialty}: we have no male doctor there at the moment. Shall I look with any doctor?",
    "booking_no_such_doctor": "{specialty}: no doctor there fits that wish. Shall I look with any doctor?",
    "booking_doctor_left": "{specialty}: that doctor does not see patients here any more. Shall I look with our other "
    "doctors?",
    "booking_refused_too_young": "{specialty}: this doctor sees older patients only. What shall we do?",
    "booking_refused_too_old": "{specialty}: this doctor sees children only. What shall we do?",
    "booking_refused_women_only": "{specialty}: this doctor sees women only. What shall we do?",
    "booking_refused_men_only": "{specialty}: this doctor sees men only. What shall we do?",
    "booking_refused_busy": "{specialty}: this patient has another visit at that time. What shall we do?",
    "booking_limit_today": "You have booked {count} visits in one day, and more than that I leave to my colleagues at "
    "reception. They are glad to help you here.",
    "booking_limit_ahead": "You have {count} visits ahead of you, and more than that I leave to my colleagues at "
    "reception. They are glad to help you here.",
    "booking_resumed": "Back to your booking.",
    "booking_resumed_move": "Back to moving your visit.",
    # household
    "household_who": "Who is the visit for?",
    "household_noted": "Noted: {names}. When one of them needs a visit, choose below or write to me.",
    "household_button": "People",
    "household_someone_else": "Someone else",
    "household_is_self": "you",
    "household_is_child": "your child",
    "household_is_spouse": "your husband or wife",
    "household_is_parent": "your parent",
    "household_is_other": "on your list",
    "household_same": "Is {name} the same person as {existing}, whom we know already?",
    "household_same_yes": "Yes, the same",
    "household_same_no": "No, another person",
    "household_name_self": "What is your full name?",
    "household_name_child": "What is your child's full name?",
    "household_name_spouse": "What is the full name of your husband or wife?",
    "household_name_parent": "What is your parent's full name?",
    "household_name_other": "What is the patient's full name?",
    "household_names": "What are their names? You can write all of them in one message.",
    "household_birth_date_age_unknown": "What is {patient}'s date of birth? For example 3/5/2019. This doctor sees "
    "patients of certain ages only.",
    "household_birth_date_near_limit": "To be sure about the age, I need {patient}'s full date of birth, for example "
    "3/5/2019.",
    "household_gender": "Is {patient} female or male? This doctor's visits depend on it.",
    "household_female": "Female",
    "household_male": "Male",
    "again_patient": "Back to your booking: who is the visit for?",
    "again_same_person": "Back to your booking: is it the same person?",
    "again_birth_date": "Back to your booking: what is the date of birth?",
    "again_gender": "Back to your booking: female or male?",
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
    "visits_resumed": "Back to your visits.",
    "visits_move_late": "Your visit ({when}) begins in less than {hours} hours, so reception has to help with that. I "
    "have "
    "told them, and they will answer you here. Until then it stays as it is.",
    "visits_move_reception": "Reception has to help with moving this visit ({when}). I have told them, and they will "
    "answer you here. Until then it stays as it is.",
    "visits_move_often": "This visit ({when}) has been moved several times, so reception has to help with that. I have "
    "told them, and they will answer you here. Until then it stays as it is.",
    "cancel_confirm_several": "Cancel these visits?\n{visits}",
    "cancel_yes_all": "Yes, cancel them",
    "cancel_done_several": "These visits are cancelled:\n{visits}",
    "cancel_late": "Next time please tell us at least {hours} hours before, so that somebody else can have the time.",
    "visit_confirmed": "Thank you. We look forward to seeing you on {when}.",
    # people
    "handoff_complaint": "I am very sorry to hear this. I am passing it to a colleague right now, and they will answer "
    "you here. They can see the whole conversation.",
    "handoff_sensitive": "Thank you for trusting us with this. A colleague takes over from here and will answer you "
    "personally, in confidence.",
    "handoff_medical_question": "That is a question for our medical team, and I do not want to guess. I am passing it "
    "on, and a colleague will answer you here. If it gets worse or feels urgent, call {number}.",
    "handoff_request_human": "Of course. A colleague from reception takes over and will answer you here.",
    "handoff_media": "Thank you, it has arrived. I cannot open this myself, so a colleague will look at it and answer "
    "you here.",
    "emergency": "This sounds like an emergency. Please call {number} now, or go to the nearest emergency room. "
    "Do not wait for our answer. A colleague is being told at once.",
    "apology_person": "I am sorry, something went wrong on our side. Your message is safe, and a colleague will answer "
    "you here.",
    "back_with_bot": "I am back to help you, the clinic's assistant.",
    # consent and language
    "opt_out_done": "Done: we will not write to you on our own any more, so reminders of your visits stop too; the "
    "visits "
    "stay as they are. You can still write to us, and we will answer. To hear from us again, write “start”.",
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
    "faq_contact": "You can reach us here at any time, or by phone: {phone}.",
    "faq_no_text": "I do not have that answer at hand, so I am asking my colleagues at reception. They will answer "
    "you here.",
    # answers: every intent has one
    "greet_name": ", {name}",
    "greet_salam": "Wa alaikum assalam wa rahmatullahi wa barakatuh{name}.",
    "greet_hello": "Hello{name}.",
    "greet_morning": "Good morning{name}.",
    "greet_morning_back": "Good morning{name}.",
    "greet_afternoon": "Good afternoon{name}.",
    "greet_evening": "Good evening{name}.",
    "greet_evening_back": "Good evening{name}.",
    "greet_ramadan": "Ramadan Kareem to you and your family{name}.",
    "greet_eid": "Eid Mubarak to you and your family{name}.",
    "greet_occasion": "Many happy returns to you and your family{name}.",
    "greet_known": "It is good to hear from you, welcome back. How can I help?",
    "greet_visit_today": "You have a visit today at {clock}: {specialty} with {practitioner}, for {patient}. How can "
    "I help?",
    "greet_visit_tomorrow": "You have a visit tomorrow at {clock}: {specialty} with {practitioner}, for {patient}. "
    "How can I help?",
    "thank_visit": "You are most welcome. See you on {when}.",
    "thank_again": "Any time. 🌷",
    "goodbye_visit": "Take care. See you on {when}.",
    "goodbye_night": "Good night, and write any time.",
    "affirm_visit": "Thank you. Your next visit is on {when}, {specialty} with {practitioner}.",
    "deny_visit": "All right. Your visit on {when} stays as it is, unless you would like to change it.",
    "change_language_neither": "I am sorry, I can write Arabic and English only. A colleague may be able to help you "
    "in "
    "another language.",
    "opt_out_visit": "Your visit on {when} stays booked.",
    "menu_move": "Move my visit",
    "hours_day_today": "today ({day})",
    "hours_day_tomorrow": "tomorrow ({day})",
    "hours_day_other": "on {day}",
    "hours_open": "We are open {day}: {sessions}.",
    "hours_not_then": "We are not open at that time. Our hours {day}: {sessions}.",
    "hours_closed": "We are closed {day}.",
    "hours_closed_for": "We are closed {day}: {reason}.",
    "hours_over": "We have closed for today; our hours were {sessions}.",
    "hours_next": "We are open again {day}: {sessions}.",
    "hours_who_open": "{who} sees patients {day}: {sessions}.",
    "hours_who_not_then": "{who} does not see patients at that time. The hours {day}: {sessions}.",
    "hours_who_closed": "{who} does not see patients {day}.",
    "hours_who_closed_for": "{who} does not see patients {day}: {reason}.",
    "hours_who_over": "{who} has finished for today; the hours were {sessions}.",
    "hours_who_next": "{who} is here again {day}: {sessions}.",
    "hours_who_none": "I see no hours of {who} in the coming weeks. Reception can tell you more.",
    "hours_now_open": "Yes, we are open now, until {clock}.",
    "hours_now_closed": "We are closed just now. We open {day} at {clock}.",
    "hours_week_who": "{who} sees patients:\n{hours}",
    "hours_week_ramadan": "Our hours in Ramadan ({first} to {last}):\n{hours}",
    "hours_week_who_ramadan": "{who} in Ramadan ({first} to {last}):\n{hours}",
    "hours_days_two": "{first} and {last}",
    "hours_days_range": "{first} to {last}",
    "hours_every_day": "Every day",
    "hours_note_closed": "Please note, closed: {day}.",
    "hours_note_closed_for": "Please note, closed: {day} ({reason}).",
    "hours_note_ramadan": "In Ramadan, from {first} to {last}, our hours are different: just ask me for them.",
    "faq_specialty_none": "I am sorry, we do not have that specialty. We offer: {specialties}.",
    "faq_price_service": "{service} ({specialty}) costs {price}.",
    "faq_price_service_unknown": "I do not have the price of {service} at hand. I have passed your question to "
    "reception, "
    "and they will answer you here.",
    "faq_price_of_service": "   – {service}: {price}",
    "faq_price_ask": "For the price of a treatment, write me its name.",
    "faq_doctor_here": "{practitioner} works with us: {specialties}",
    "faq_doctor_languages": "Languages: {languages}",
    "faq_doctor_from_age": "Patients from {youngest} years",
    "faq_doctor_to_age": "Patients up to {oldest} years",
    "faq_doctor_ages": "Patients from {youngest} to {oldest} years",
    "faq_doctor_female_patients": "Women only",
    "faq_doctor_male_patients": "Men only",
    "faq_doctor_unknown": "I do not find {said} among our doctors.",
    "faq_doctor_is_woman": "Yes, {practitioner} is a woman doctor.",
    "faq_doctor_is_man": "{practitioner} is a man.",
    "faq_female_doctor_none_in": "I am sorry, there is no woman doctor in {specialty} at the moment.",
    "faq_female_doctor_elsewhere": "Our women doctors:\n{doctors}",
    "faq_services_list": "We offer:\n{services}\nWould you like to book?",
    "faq_services_line": "• {specialty}",
    "faq_services_line_with": "• {specialty}: {services}",
    "faq_service_yes": "Yes, we offer {service} in {specialty}. It takes about {minutes} minutes.",
    "faq_no_text_again": "That is with my colleagues at reception too. They will answer you here.",
    "wish_lab_results": "I have asked reception to look for you. They will write to you here as soon as they have an "
    "answer.",
    "wish_prescription_refill": "I have passed your wish to reception. The doctor decides on it, and reception will "
    "write "
    "to you here.",
    "wish_medical_report": "I have passed your wish to reception. They will write to you here what they need and when "
    "it "
    "will be ready.",
    "wish_again": "Your wish is already with reception; I have added your message. They will write to you here.",
    "wish_opening": "We are closed just now and open {day} at {clock}.",
    "late_told": "Thank you for telling us. I have told reception that you are late for {clock} with {practitioner}. "
    "Please travel safely.",
    "late_told_minutes": "Thank you for telling us. I have told reception that you are about {minutes} minutes late "
    "for "
    "{clock} with {practitioner}. Please travel safely.",
    "late_told_coming": "Thank you for telling us. I have told reception that you will be here in about {minutes} "
    "minutes, "
    "for {clock} with {practitioner}. Please travel safely.",
    "late_long": "That is more than half an hour, so the doctor may have to see others first. Would you rather have "
    "another time?",
    "late_none_today": "Thank you for telling us, but I see no visit of yours today. Your next one is on {when}, "
    "{specialty} with {practitioner}.",
    "late_none": "Thank you for telling us, but I see no visit of yours with us. Would you like to book one?",
    # replacements
    "replacements_away": "This is {clinic}. I am sorry: {practitioner} has to be away, so this visit cannot take "
    "place as "
    "planned:\n{specialty}\n{when}\nFor: {patient}\n\nWould one of these times suit you instead? Your visit moves only "
    "when you choose.",
    "replacements_cancelled": "This is {clinic}. We are sorry, we had to cancel this visit:\n{specialty} with "
    "{practitioner}\n{when}\nFor: {patient}\n\nWould one of these times suit you instead?",
    "replacements_more": "Here are other times for {specialty}. Which one suits you?",
    "replacements_then": "{specialty}, as you asked. Which of these times suits you?",
    "replacements_no_more": "I have no more times like that. These are the nearest ones in {specialty}:",
    "replacements_taken": "I am sorry, that time has just been taken. These are the nearest ones in {specialty}:",
    "replacements_button": "Times",
    "replacements_others": "Other times",
    "replacements_cancel": "Cancel my visit",
    "replacements_no_need": "No, thank you",
    "replacements_any_doctor": "Another doctor is OK",
    "replacements_call_me": "Please call me",
    "replacements_wish_away": "This is {clinic}. I am sorry: {practitioner} has to be away, so this visit cannot take "
    "place as planned:\n{specialty}\n{when}\nFor: {patient}\n\nI find no other time that keeps what you asked for "
    "about "
    "the doctor. May it be another doctor this time, or shall a colleague call you?",
    "replacements_wish_cancelled": "This is {clinic}. We are sorry, we had to cancel this visit:\n{specialty} with "
    "{practitioner}\n{when}\nFor: {patient}\n\nI find no other time that keeps what you asked for about the doctor. "
    "May "
    "it be another doctor this time, or shall a colleague call you?",
    "replacements_nothing_free": "This is {clinic}. I am sorry: this visit cannot take place as planned:\n{specialty} "
    "with "
    "{practitioner}\n{when}\nFor: {patient}\n\nI find no other free time myself, so a colleague from reception is "
    "looking for one and will contact you.",
    "replacements_done": "Done, thank you. ✅ Your new time:\n{specialty} with {practitioner}\n{when}\nFor: "
    "{patient}\n\n"
    "See you then.",
    "replacements_called": "Of course. A colleague from reception will contact you about it.",
    "replacements_given_up": "Your visit on {when} is cancelled. We are sorry for the trouble.",
    "replacements_not_needed": "All right. Write to me whenever you would like another time.",
    "replacements_stays": "Good news: {practitioner} is there after all. The visit stays as it "
    "was:\n{specialty}\n{when}\n"
    "For: {patient}",
    "replacements_settled": "This visit is settled already:\n{specialty} with {practitioner}\n{when}\nFor: {patient}",
    "again_replacement_time": "Back to the visit that cannot take place: which time suits you?",
    "again_replacement_wish": "Back to the visit that cannot take place: may it be another doctor?",
    "again_replacement_cancel": "Back to your visit: shall I cancel it?",
    # waitlist
    "waitlist_joined_visit": "You are on the waitlist: I will write to you here when something earlier than {when} "
    "frees up in {specialty} for {patient}.{wishes}\n\nYour visit stays as it is until you take an earlier time; the "
    "first to accept has it. To leave the list, just write “I don't want to wait”.",
    "waitlist_joined_new": "You are on the waitlist: I will write to you here when a time frees up in {specialty} for "
    "{patient}.{wishes}\n\nThe first to accept has it. To leave the list, just write “I don't want to wait”.",
    "waitlist_changed": "You keep your place in the queue, with the wish as you have it now.",
    "waitlist_with_other_number": "{patient} is on the waitlist for {specialty} already, from another number, so we "
    "write to that one.",
    "waitlist_wish_doctor": "With {practitioner} only.",
    "waitlist_wish_female": "With a woman doctor.",
    "waitlist_wish_male": "With a man as the doctor.",
    "waitlist_wish_language": "With a doctor who speaks {spoken}.",
    "waitlist_wish_day": "On {day}.",
    "waitlist_wish_days": "From {first} to {last}.",
    "waitlist_wish_days_from": "From {first} on.",
    "waitlist_wish_days_until": "Until {last}.",
    "waitlist_wish_clock": "At {clock}.",
    "waitlist_wish_clocks": "Between {first} and {last}.",
    "waitlist_wish_clocks_from": "From {first} on.",
    "waitlist_wish_clocks_until": "Before {last}.",
    "waitlist_free_now": "These times are free already, in case one suits you:",
    "waitlist_which_visit": "Gladly. For which visit would you like an earlier time?",
    "waitlist_which_specialty": "Gladly. In which specialty are you waiting for a time?",
    "waitlist_stopped": "All right, you are not on the waitlist for this.",
    "waitlist_leave": "Leave the waitlist",
    "waitlist_left": "Done, you are off the waitlist. If you have a visit with us, it stays as it is.",
    "waitlist_not_on": "You are not on the waitlist, so there is nothing to leave.",
    "waitlist_offer_visit": "Good news: an earlier time has freed up. 🌷\n{specialty} with {practitioner}\n{when}\n"
    "For: {patient}\n\nYour visit is on {before}. Shall I move it? A few people are being asked, and the first to "
    "accept has it.",
    "waitlist_offer_new": "Good news: a time has freed up. 🌷\n{specialty} with {practitioner}\n{when}\n"
    "For: {patient}\n\nShall I book it? A few people are being asked, and the first to accept has it.",
    "waitlist_take": "Take it",
    "waitlist_decline": "Not this one",
    "again_waitlist_offer": "Back to the time that freed up: would you still like it?",
    "waitlist_moved": "It is yours. ✅\n{specialty} with {practitioner}\n{when}\nFor: {patient}\n\nYour visit has "
    "been moved to this time. See you then.",
    "waitlist_booked": "It is yours. ✅\n{specialty} with {practitioner}\n{when}\nFor: {patient}\n\nSee you then.",
    "waitlist_declined": "All right, you keep your place. I will write to you when the next time frees up.",
    "waitlist_lost": "The time on {when} in {specialty} has gone to somebody who was a little faster. You keep your "
    "place, and I will write to you when the next one frees up.",
    "waitlist_just_taken": "I am sorry, the time on {when} has just been taken. You keep your place, and I will write "
    "to you when the next one frees up.",
    "waitlist_ran_out": "That offer had run out, so I have asked others as well. You keep your place.",
    "waitlist_held": "Somebody is just deciding on the time on {when}. You keep your place; if they let it go, you can "
    "still take it here.",
    "waitlist_gone": "That offer is settled: you are no longer waiting for it.",
}

"""Given names: the Arabic spelling (folded), m, f or u, and how it is written in Latin letters. A line, a name."""

from __future__ import annotations

from understanding.folding import fold

# A name that is also a word of everyday life: weak, believed only where nothing else follows it.
_NAMES = """
محمد m mohammed mohamed mohammad muhammad mohamad muhamad mohammod mhmd mohd muhammed mohamd m7md mo7amed mo7ammad mo7amad mo7md mehmet
احمد m ahmed ahmad ahmet ahmd a7med a7mad a7md
محمود m mahmoud mahmood mahmud m7moud ma7moud
حامد m hamed hamid 7amed
حمد m hamad 7amad
حمدان m hamdan 7amdan
حميد m hameed hamid 7ameed
حمزه m hamza hamzah 7amza
علي m ali aly 3ali 3aly 3li
عمر m omar umar omer 3omar 3omr 3umar
عمرو m amr amro 3amr 3amro
عمار m ammar 3ammar 3mmar amar
عامر m amer aamer 3amer
حسن m hassan hasan 7asan 7assan
حسين m hussein hussain husain hossein hussien husein 7ussein 7sain 7ussain hocine houssine
حسام m hossam husam hussam hosam 7osam 7ossam
يوسف m yousef yusuf youssef yousuf joseph yosef youssouf yousif yusef yousseff
خالد m khaled khalid 5aled khalled 5alid
خليل m khalil khaleel 5alil
خلف m khalaf
عبدالله m abdullah abdallah abdulla abdala 3abdullah 3abdallah abdellah 3bdullah 3bdallah
عبدالرحمن m abdulrahman abdelrahman abdurrahman abdalrahman abderrahmane 3abdelrahman abdulrahmaan
عبدالعزيز m abdulaziz abdelaziz abdalaziz 3abdelaziz abdoulaziz
عبدالكريم m abdulkareem abdulkarim abdelkarim abdelkrim
عبدالقادر m abdulqader abdelkader abdulkader
عبداللطيف m abdullatif abdellatif
عبدالرحيم m abdulrahim abdelrahim abderrahim
عبدالمجيد m abdulmajeed abdelmajid abdulmajid
عبدالملك m abdulmalik abdelmalek abdulmalek
عبدالسلام m abdulsalam abdelsalam abdessalam
عبدالوهاب m abdulwahab abdelwahab
عبدالهادي m abdulhadi abdelhadi
عبدالحميد m abdulhamid abdelhamid
عبدالفتاح m abdelfattah abdulfattah
عبدالناصر m abdelnasser abdulnasser
عبدو m abdo abdou 3abdo
ابراهيم m ibrahim ebrahim ibraheem brahim abraham ibrahem
اسماعيل m ismail ismael esmail ismaeel
اسحاق m ishaq isaac
يعقوب m yaqoub yacoub jacob yaqub
موسي m mousa musa moussa moses mosa
عيسي m issa eissa essa 3isa isa
داود m dawood dawoud daoud david
سليمان m sulaiman suleiman soliman sulayman solaiman slimane
هارون m haroun harun
نوح m nooh noah nouh noo7
ادم m adam
زكريا m zakaria zakariya zakarya
يحيي m yahya yehia yehya ya7ya yahia
يونس m younes younis yunus yunis
ايوب m ayoub ayyoub ayub
بلال m bilal belal
طلال m talal
طارق m tariq tarek tareq tarik 6areq tare2
طلحه m talha
زيد m zaid zayd zeid
زياد m ziad ziyad zeyad
زايد m zayed zayid
سعد m saad sa3d
سعيد m saeed said saied sa3eed weak
سعود m saud saoud so3ood
سلطان m sultan soltan
سلمان m salman
سالم m salem salim
سليم m saleem salim selim slim
سامي m sami samy
سامر m samer
سمير m samir sameer
سيف m saif seif sayf
سلام m salam weak
شادي m shadi shady chadi
شريف m sherif shareef sharif cherif
صالح m saleh salih sale7 salah
صلاح m salah sala7
ضاري m dhari
عادل m adel adil 3adel
عاصم m asem assem 3asem
عثمان m othman osman uthman ottman 3othman
عدنان m adnan 3adnan
عزيز m aziz azeez 3aziz
عصام m essam issam esam 3esam
علاء m alaa 3alaa 3ala2
عماد m emad imad 3emad
غازي m ghazi
غسان m ghassan
فادي m fadi fady weak
فارس m fares faris
فاروق m farouk farooq faruq farou2
فهد m fahad fahd
فيصل m faisal faysal feisal faisel fay9al
فواز m fawaz fawwaz
فؤاد m fouad fuad
قاسم m qasim qassem kassem gasim kasim 2asem
قصي m qusai qusay
كريم m kareem karim weak
كمال m kamal
كامل m kamel weak
لؤي m loay louay luay
ليث m laith layth leith
ماجد m majed majid maged
مازن m mazen mazin
مالك m malek malik
مبارك m mubarak mobarak weak
مجدي m magdy majdi
محسن m mohsen muhsin mo7sen
مراد m murad mourad morad
مروان m marwan marwane
مسعود m masoud masood mas3oud
مشاري m mishari meshari mshari
مشعل m mishal meshal mish3al
مصطفي m mostafa mustafa moustafa mustapha mostapha
معاذ m moaz muath moath muadh mo3az
منصور m mansour mansoor
منير m mounir munir mouneer
مهند m mohanad muhannad mohannad
مؤيد m moayad muayad
ناصر m nasser naser nasir nassir
نادر m nader nadir
نبيل m nabil nabeel
نايف m naif nayef nayif
نواف m nawaf nawwaf
هاني m hani hany
هادي m hadi hady
هشام m hisham hesham hicham
هيثم m haitham haytham
وائل m wael wail wa2el
وسيم m wassim waseem wasim
وليد m waleed walid
ياسر m yasser yasir yaser
ياسين m yassin yaseen yassine
يزن m yazan
يزيد m yazeed yazid
ايمن m ayman aymen
انس m anas
اسامه m osama usama oussama
اياد m iyad eyad
ايهاب m ihab ehab
امين m amin ameen amine weak
امير m amir ameer emir
اكرم m akram
اشرف m ashraf achraf
انور m anwar
باسم m basem bassem basim
باسل m basel bassel basil
بدر m badr bader
بشار m bashar
بندر m bandar
بسام m bassam
تامر m tamer
تركي m turki torki
تميم m tamim tameem
ثامر m thamer thamir
جابر m jaber jabir gaber
جاسم m jassim jasim jassem jasem
جمال m jamal gamal
جميل m jamil jameel gamil weak
جواد m jawad jawwad
حازم m hazem hazim 7azem
حاتم m hatem hatim 7atem
حبيب m habib habeeb weak
راشد m rashid rashed
رشيد m rasheed rachid
رامي m rami ramy
رائد m raed raid ra2ed
راكان m rakan
رضا m reda rida redha
رياض m riyadh riad riyad weak
ريان u rayan rayyan rayane
ربيع m rabih rabee rabie weak
كرار m karrar karar
حيدر m haidar haider haydar 7aidar
عباس m abbas 3abbas
كاظم m kadhim kazem kadhem
جعفر m jaafar jafar ja3far
صادق m sadiq sadeq sadek
مهدي m mahdi mehdi
مرتضي m murtada mortada murtadha
مقتدي m muqtada
صفاء u safaa safa
ضياء u diaa dia ziaa
بهاء m bahaa baha
نور u nour noor nur weak
نور_الدين m noureddine nooruddin
صلاح_الدين m salahuddin salaheddine
عز_الدين m ezzeldin azzedine izzeddin
امجد m amjad amgad
جهاد u jihad jehad
حمود m hamoud hammoud
خميس m khamis weak
جمعه m jumaa gomaa juma weak
عيد m eid weak
عبيد m obaid obeid
عوض m awad 3awad
غانم m ghanem
فرحان m farhan weak
لطفي m lotfi
معتز m moataz mutaz mo3taz
مؤمن m momen moamen
منذر m munther monzer mounzer
نجيب m naguib najib najeeb
نعيم m naim naeem
هاشم m hashem hashim hachem
هلال m hilal helal
وجدي m wagdy
رمضان m ramadan weak
شعبان m shaaban weak
رجب m ragab rajab weak
مينا u mina
جورج m george
جرجس m girgis
بطرس m boutros
مارك m mark weak
بيتر m peter
ميخائيل m michael mikhail michel
اندرو m andrew
كيرلس m kyrillos
الياس m elias ilyas elyas
شربل m charbel sharbel
انطون m antoun tony
طوني m tony toni
جان m jean
بيار m pierre
فاطمه f fatima fatma fatimah fatema fatme fatimeh fa6ma fa6ima fatoum
فطوم f fattoum
عائشه f aisha aysha ayesha aicha aishah 3aisha 3aysha
عايشه f aysheh
خديجه f khadija khadijah khadeeja 5adija
زينب f zainab zaynab zeinab zineb zeynab
مريم f mariam maryam miriam meryem maryem marwam mariem
ساره f sara sarah sarra
هاجر f hajar hagar hajer
اسماء f asma asmaa asma2
اسيا f asia asya
امنه f amna amina amnah
امينه f amina ameena aminah
امل f amal weak
امال f amaal
اماني f amani weak
اميره f amira ameera amirah
ايمان f iman eman imane
ايه f aya ayah
الاء f alaa aalaa
اروي f arwa
اريج f areej arij
ازهار f azhar
بسمه f basma basmah
بشري f bushra boshra bouchra weak
بدريه f badriya
بيان f bayan weak
تالا f tala talaa
تاله f talah
تهاني f tahani weak
ثريا f thuraya soraya thoraya
جميله f jamila jameela weak
جنا f jana janna
جني f jana
جوان u joan juwan
جود u joud jood jude
جوري f jouri joury jori
جواهر f jawaher
جيهان f jihan gehan jehan
حصه f hessa hissa 7essa
حليمه f halima haleema 7alima
حنان f hanan 7anan weak
حنين f haneen hanin 7anin
حلا f hala 7ala
حياه f hayat weak
خلود f kholoud khulood 5olood
دانه f dana danah
دانا f dana
داليا f dalia daliya
دلال f dalal
دعاء f doaa duaa do3aa weak
ديما f dima deema
دينا f dina deena
راما f rama
رانيا f rania ranya raniya
رباب f rabab
رحاب f rehab rihab
رجاء f raja rajaa weak
رحمه f rahma ra7ma weak
رزان f razan
رغد f raghad
رنا f rana
رند f rand
رنيم f ranim raneem
رهف f rahaf
رؤي f roaa ruaa
روان f rawan
ريم f reem rim reema
ريما f rima reema
ريتا f rita
ريماس f remas rimas
زهره f zahra zahrah zohra
زهراء f zahraa zahra
زينه f zina zeina zaina zeena weak
سحر f sahar sa7ar weak
سلمي f salma selma
سميره f samira sameera
سميه f sumaya somaya soumaya sumayya
سناء f sanaa sana
سهام f siham seham
سهي f soha suha
سهر f sahar
سوسن f sawsan
سيرين f sirine sireen cyrine
شهد f shahad shahd
شيماء f shaimaa shaima chaima shaymaa
شيخه f shaikha sheikha
شروق f shorouk shuruq weak
شذي f shatha shaza
صباح f sabah sabbah weak
صبا f saba
صفيه f safiya safia safeya
ضحي f doha duha dho7a
عبير f abeer abir 3abeer
عفاف f afaf
عليا f alia aliya
علياء f aliaa alyaa aliya
عهود f ohoud
غاده f ghada
غلا f ghala
غزل f ghazal
غيداء f ghaida
فاتن f faten fatin
فجر f fajr weak
فرح f farah fara7 weak
فريده f farida fareeda
فوزيه f fawzia fawziya
فيروز f fairouz fayrouz
كوثر f kawthar kawtar
لارا f lara
لانا f lana
لبني f lubna lobna loubna
لجين f lujain loujain lojain
لطيفه f latifa lateefa
لمي f lama
لما f lama
لميس f lamees lamis
لولوه f lulwa
لوجين f lojain
لين f leen lin
لينا f lina leena
ليان f layan leyan
ليلي f layla laila leila leyla lila
ليالي f layali
مايا f maya
مي f mai may weak
ميار f mayar
مياده f mayada
مرام f maram weak
مروه f marwa marwah
مشاعل f mashael
منار f manar
منال f manal
مني f mona muna mouna
مها f maha
مهره f mahra
موضي f modi moudi
منيره f munira mounira moneera
ميساء f maysa maisaa
ميرا f meera mira
ناديه f nadia nadiya
نادين f nadine nadeen
ناهد f nahed
نجلاء f najla naglaa
نجوي f najwa nagwa
ندي f nada nadaa
نسرين f nisreen nesreen nesrine
نسيبه f nusaiba
نعمه f neama nima weak
نهي f noha nuha
نهله f nahla
نوال f nawal
نوره f noura nora nourah norah
نورا f noura nora
نوف f nouf
نوير f nuwair
نيره f nayra
هاله f hala halah
هبه f heba hiba
هدي f huda hoda houda
هديل f hadeel hadil
هند f hind hend
هنا f hana
هناء f hanaa
هيا f haya
هيفاء f haifa hayfa
هيله f haila
وجدان f wijdan
وداد f widad
ورده f warda weak
وسام u wissam wesam wisam
وعد f waad weak
وفاء f wafaa wafa
ولاء f walaa
ياسمين f yasmin yasmine yasmeen jasmine
يسري u yousra yusra yosra
يسرا f yosra
جوليا f julia
ماري f mary marie
ماريا f maria
مارينا f marina
كريستين f christine
تريزا f teresa therese
نانسي f nancy
سلوي f salwa
سعاد f suad souad soad
سعديه f saadia
فتحيه f fathia
فضيله f fadila
كنزه f kenza
غيثه f ghita
ايناس f inas enas
انعام f inam
بتول f batool batoul
بلقيس f balqis
تماضر f tamadur
توبا f touba
سكينه f sakina soukaina
رقيه f ruqaya roqaya rokaya ruqayya
رابعه f rabia
جنان f jinan
حوراء f hawraa
نرجس f narjis narges
ملك f malak
ملاك f malaak
رتاج f retaj
لمار f lamar
سجي f saja
تقي u taqi
حبيبه f habiba
شريفه f sharifa cherifa
كرم m karam
ادهم m adham
زين u zain zein zayn zeyn weak
سند m sanad weak
عمران m imran omran
تيا f tia
رولا f rola roula
نورهان f nourhan
مصعب m musab mosab
عبود m abboud aboud
العنود f alanoud
الجوهره f aljawhara
الجازي f aljazi
الحسن m
الحسين m
مختار m mokhtar mukhtar
ادريس m idriss idris driss
رشيده f rachida rasheeda
نعيمه f naima naeema
غزلان f ghizlane
كلثوم f kaltoum
انيس m anis anees
صابر m saber
فتحي m fathi fathy
سفيان m sofiane sufyan
نسيم u nassim naseem weak
مليكه f malika
سعيده f saida saeeda weak
نعمان m noman
فريد m farid fareed
راغب m ragheb
منتظر m muntadhar
زهير m zuhair zouhair
نزار m nizar
صخر m sakhr
شاكر m shaker
عباده m obada
تيم m taim
جاد m jad
ماهر m maher
هزاع m hazza
ذياب m diab theyab
مطر m matar weak
ام_البنين f
- m john james david robert william thomas daniel paul kevin brian steven steve anthony alex alexander nick nicholas chris christopher matthew luke liam ethan oliver jack jacob henry leo max ben benjamin sam samuel simon patrick martin peter rajesh suresh ramesh arjun rahul rohan amit anil vijay ravi sanjay sunil deepak vikram krishna aarav aditya karthik imran irfan asif nadeem usman hamza bilal juan jose carlos miguel antonio mario marco luis pedro rafael ferdinand rodel jomar
- f emma olivia sophia sofia isabella mia anna ana emily elena laura linda lisa jennifer jessica susan karen nicole rachel rebecca ruth chloe ella zoe lily lucy kate catherine margaret elizabeth eva evelyn alice charlotte amelia priya anjali pooja neha divya kavya lakshmi meena sunita anita asha deepa geetha shreya aisha zara sana hina saima rosa carmen angelica cristina rowena marites jocelyn lorna
- u grace joy hope faith will rose dean weak
""".strip().splitlines()


def _entries() -> list[tuple[str, str, bool, tuple[str, ...]]]:
    entries = []
    for line in _NAMES:
        arabic, gender, *latin = line.split()
        weak = latin[-1:] == ["weak"]
        entries.append((fold(arabic.replace("_", " ")), gender, weak, tuple(latin[:-1] if weak else latin)))
    return entries


_ENTRIES = _entries()
# What each spelling is one of. A Latin spelling may stand for several ("hala"); "-" lines have Latin alone.
CANONICAL: dict[str, frozenset[str]] = {}
for _arabic, _gender, _weak, _latin in _ENTRIES:
    _own = (_arabic, _arabic.rstrip("ء")) if _arabic != "-" else ()
    for _spelling in (*_own, *_latin):
        CANONICAL[_spelling] = CANONICAL.get(_spelling, frozenset()) | {_arabic if _own else _spelling}
WOMENS = frozenset(
    spelling
    for arabic, gender, _, latin in _ENTRIES
    for spelling in (arabic, *latin)
    if gender == "f" and spelling != "-"
)
MENS = frozenset(
    spelling
    for arabic, gender, _, latin in _ENTRIES
    for spelling in (arabic, *latin)
    if gender == "m" and spelling != "-"
)
WEAK = frozenset(spelling for arabic, _, weak, latin in _ENTRIES for spelling in (arabic, *latin) if weak)

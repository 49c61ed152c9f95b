"""Frequent Arabizi words as they are in Arabic letters (folded), where rules alone would miss."""

_PAIRS = """
ana انا enta انت enty انتي inti انتي howa هو hwa هو heya هي e7na احنا ehna احنا nehna نحنا 3ayez عايز 3ayza عايزه
3awez عاوز 3awza عاوزه 3ayz عايز 3aiz عايز ayez عايز awez عاوز 3ayzeen عايزين bade بدي badi بدي baddi بدي biddi بدي
bdi بدي abi ابي aby ابي abgha ابغي abgh ابغي ab3'a ابغي widi ودي wdi ودي nebi نبي nabi نبي b8eet بغيت bghit بغيت bghet
بغيت areed اريد arid اريد ariid اريد a7gez احجز ahgez احجز a7jez احجز ahjez احجز e7jez احجز 7agz حجز hagz حجز 7ajz حجز
hajz حجز a7jz احجز n7jz نحجز ma3ad معاد me3ad ميعاد mi3ad ميعاد maw3ed موعد maw3id موعد mo3ed موعد mow3ed موعد mawed
موعد maw3d موعد mawa3ed مواعيد mawa3eed مواعيد mawaeed مواعيد kashf كشف keshf كشف 3and عند 3andi عندي 3ando عنده 3andy
عندي 3andko عندكو 3andkom عندكم 3endkom عندكم 3ndkm عندكم 3andak عندك 3andaha عندها 3ndi عندي doctor دكتور doktor
دكتور doktora دكتوره doctora دكتوره dr دكتور doc دكتور daktor دكتور daktora دكتوره tabib طبيب tabeeb طبيب tabiba طبيبه
7akeem حكيم hakim حكيم asnan اسنان snan اسنان asnani اسناني sennan اسنان jeldeya جلديه geldeya جلديه jildiya جلديه
geld جلد jeld جلد atfal اطفال 2atfal اطفال nesa نسا nisa نسا 3oyoon عيون 3yoon عيون 3youn عيون 3ezam عظام 3atham عظام
batna باطنه batneya باطنيه 2alb قلب alb قلب galb قلب anf انف bokra بكره bukra بكره boukra بكره bkra بكره bokrah بكره
bacher باكر bachir باكر ghadwa غدوه ghodwa غدوه naharda النهارده ennaharda النهارده elnaharda النهارده elyom اليوم
alyom اليوم elyoum اليوم lyoum اليوم yom يوم youm يوم a7ad احد 7ad احد ahad احد etnen اتنين ethnen اثنين tneen اتنين
talat تلات tolata ثلاثاء talata تلاته talet تالت arba3 اربع arb3a اربعاء arba3a اربعه 5amis خميس khamis خميس 5amees
خميس gom3a جمعه jom3a جمعه jum3a جمعه jm3a جمعه sabt سبت sob7 صبح sobh صبح sabah صباح saba7 صباح sba7 صباح dohr ضهر
duhr ظهر thohr ظهر 3asr عصر asr عصر maghrib مغرب maghreb مغرب mghreb مغرب 3esha عشا isha عشا 3isha عشا masa مسا masaa
مسا lel ليل leil ليل belleil بالليل bellel بالليل ba3d بعد b3d بعد abl قبل 2abl قبل gabl قبل sa3a ساعه saa ساعه
el5amsa الخمسه wa7da واحده we7da واحده wa7ed واحد tnein تنين tlata تلاته khamsa خمسه 5amsa خمسه setta سته sab3a سبعه
seb3a سبعه tamanya تمانيه tmenya تمانيه tes3a تسعه 3ashra عشره noss نص nos نص rob3 ربع illa الا ella الا mesh مش msh
مش mish مش mosh مش mu مو moo مو mo مو ma ما la لا la2 لا la2a لا aywa ايوه aiwa ايوه ayoh ايوه eh ايه ee اي na3am نعم
n3m نعم akeed اكيد akid اكيد tamam تمام tmam تمام mashi ماشي mashy ماشي 7ader حاضر hader حاضر inshallah انشاءالله
nshallah انشاءالله insha2allah انشاءالله isa انشاءالله wallah والله wallahi والله ya يا w و we و wa و momken ممكن
mumkin ممكن mmkn ممكن law لو lw لو sama7t سمحت samaht سمحت sam7t سمحت sma7te سمحتي fadlak فضلك min من men من mn من fe
في fi في fy في 3ala علي 3l عل 3lay علي ela الي lil لل ma3a مع ma3 مع m3 مع maa مع kam كام kaam كام qaddesh قديش addesh
قديش 2ade قد 2adeh قد b2ad بقد bkam بكم bikam بكم as3ar اسعار 2as3ar اسعار se3r سعر s3r سعر si3r سعر taman تمن flous
فلوس floos فلوس fulus فلوس gali غالي ghaly غالي fein فين fen فين wein وين wain وين ween وين win وين feen فين emta امتي
imta امتي emtan امتي mata متي meta متي ezay ازاي ezzay ازاي izay ازاي kif كيف keef كيف kef كيف keif كيف shlon شلون
shloon شلون lesh ليش leh ليه leih ليه laish ليش esh ايش shu شو sho شو shoo شو wesh وش wsh وش shno شنو shnu شنو meen
مين ebni ابني ibni ابني bni ابني benti بنتي binti بنتي bnti بنتي wladi ولادي awlad اولاد 3yali عيالي mrati مراتي
marati مراتي merati مراتي merti مرتي marti مرتي zawgty زوجتي zawjti زوجتي zogti زوجتي gozy جوزي gouzi جوزي zoji زوجي
zawji زوجي jozi جوزي mama ماما mami مامي baba بابا abooya ابويا abuya ابويا aboy ابوي ommi امي omy امي ummi امي 2ommi
امي waldi والدي waldti والدتي walidi والدي o5ti اختي okhti اختي akhi اخي a5oya اخويا a5ouy اخوي akhoya اخويا bent بنت
walad ولد tefl طفل sa7bi صاحبي 7amaty حماتي 7amati حماتي alam الم 2alam الم waga3 وجع wga3 وجع waja3 وجع wja3 وجع
bewga3ny بيوجعني byewja3ni بيوجعني sedro صدره sedri صدري sadri صدري sedr صدر sadr صدر nafas نفس yetnaffes يتنفس
yetnafas يتنفس atnaffes اتنفس atnafas اتنفس betnaffes بيتنفس byetnaffas بيتنفس 2ader قادر ader قادر gader قادر gadra
قادره 2adra قادره dam دم damm دم nazeef نزيف nazif نزيف byenzef بينزف bynzef بينزف 8ayeb غايب ghayeb غايب wa3y وعي
wa3i وعي ma8my مغمي moghma مغمي oghma اغمي 8my غمي sakta سكته galta جلطه jalta جلطه galtah جلطه tashanog تشنج
tashannoj تشنج samm سم sem سم ente7ar انتحار anta7er انتحر amoot اموت amut اموت mayet ميت maat مات mat مات byemoot
بيموت bymoot بيموت 7ebub حبوب 7bob حبوب 7oboob حبوب hboob حبوب dawa دوا dwa دوا 3elba علبه sharib شرب shereb شرب
5tana2 اختنق khan2 خنق bey7es بيحس bye7es بيحس shakwa شكوي ashki اشكي ashtki اشتكي 3ayb عيب zeft زفت wa7esh وحش we7esh
وحش say2 سيء ta3ban تعبان t3ban تعبان ta3bana تعبانه 3yan عيان mareed مريض mrid مريض mowazaf موظف mowazzaf موظف
muwazzaf موظف 7ada حدا hada حدا a7ki احكي ahki احكي akalem اكلم 2akalem اكلم atkalem اتكلم kalem كلم kalam كلام
ekalemni يكلمني yekalemni يكلمني ettesel اتصل ettsal اتصل tesel تصل alghi الغي 2alghi الغي alghy الغي elghi الغي alghe
الغي elghe الغي ilgha الغاء elgha2 الغاء al3'y الغي a2aggel اجل a2ajel اجل 2ajjel اجل a2agel اجل aghayer اغير 2aghayar
اغير aghayyar اغير aghyer اغير tghyir تغيير taghyeer تغيير sa7 صح shokran شكرا shukran شكرا shokrn شكرا mashkor مشكور
mashkoor مشكور yeslamo يسلمو yislamo يسلمو tslam تسلم teslam تسلم 3afwan عفوا salam سلام slm سلام salamo سلام 3alaikom
عليكم 3leikom عليكم 3alykom عليكم marhaba مرحبا mar7aba مرحبا ahlan اهلا ahleen اهلين hala هلا el5air الخير el5eir
الخير elkheir الخير 5er خير kheir خير natija نتيجه nateega نتيجه nateja نتيجه nata2eg نتائج natayej نتائج natayeg
نتائج ta7alil تحاليل ta7leel تحليل tahaleel تحاليل ta7lil تحليل tahlil تحليل ashe3a اشعه asha3a اشعه mo5tabar مختبر
ma3mal معمل gahza جاهزه jahza جاهزه jahze جاهزه ta2meen تامين tamin تامين ta2min تامين tameen تامين 3enwan عنوان 3nwan
عنوان 3inwan عنوان mawqe3 موقع maw2e3 موقع mawq3 موقع makan مكان mkan مكان kharita خريطه dawam دوام fat7een فاتحين
fathin فاتحين fat7in فاتحين maftoo7 مفتوح 2afel قافل 3eyada عياده 3iyada عياده 3yada عياده eyada عياده mostashfa
مستشفي markaz مركز 5alas خلاص khalas خلاص 5lass خلاص bas بس bs بس kaman كمان kman كمان dlwa2ty دلوقتي dlw2ty دلوقتي
delwa2ty دلوقتي dilwa2ti دلوقتي halla2 هلا hala2 هلا hl2 هلا alhin الحين al7een الحين el7in الحين el7een الحين issa
هسا hassa هسا ba3dein بعدين b3den بعدين kteer كتير ktir كتير kter كتير awi اوي 2awi قوي awy اوي gedan جدا jiddan جدا
waid وايد marra مره mara مره shway شوي shwaya شويه shwayya شويه 3ashan عشان 3shan عشان ashan عشان elly اللي elli اللي
illi اللي ely اللي da ده di دي de دي dah ده hatha هذا hayda هيدا haida هيدا hay هاي keda كده kda كده heik هيك hek هيك
t5ayer تاخير met2a5er متاخر mta5er متاخر mit2akhar متاخر hat2a5ar هتاخر 7at2akhar حتاخر ta2kheer تاخير zahma زحمه
za7ma زحمه taree2 طريق tari2 طريق tare2 طريق aro7 اروح aroo7 اروح agy اجي agi اجي aji اجي 2aji اجي haygi هيجي hagi
هاجي jay جاي gay جاي gaya جايه jaye جايه 3arabi عربي 3arabe عربي englizi انجليزي inglizi انجليزي wa2ef وقف wa22ef وقف
w2fo وقفو wa2fo وقفو rasayel رسايل rasa2el رسائل resala رساله mafi مافي mafe مافي mafeesh مفيش mafish مفيش mfish مفيش
fee في feeh فيه fih فيه a5er اخر akher اخر awel اول awwal اول tani تاني tany تاني thani ثاني
""".split()

ARABIZI_WORDS: dict[str, str] = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))

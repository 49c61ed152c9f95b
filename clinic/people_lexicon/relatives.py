"""Words for those whom somebody books for, folded: what they are to the one who writes, and their gender."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

from understanding.folding import fold


@dataclass(frozen=True)
class Relative:
    relationship: str  # child | spouse | parent | other
    gender: Optional[str] = None  # female | male
    many: bool = False
    weak: bool = False  # also means something else, or somebody else's: believed with a name or an age


_SON, _DAUGHTER, _CHILD = Relative("child", "male"), Relative("child", "female"), Relative("child")
_CHILDREN = Relative("child", None, many=True)
_SONS, _DAUGHTERS = Relative("child", "male", many=True), Relative("child", "female", many=True)
_WIFE, _HUSBAND, _SPOUSE = Relative("spouse", "female"), Relative("spouse", "male"), Relative("spouse")
_MOTHER, _FATHER = Relative("parent", "female"), Relative("parent", "male")
_PARENTS = Relative("parent", None, many=True)
_WOMAN, _MAN, _SOMEBODY = Relative("other", "female"), Relative("other", "male"), Relative("other")
_OTHERS = Relative("other", None, many=True)


def _of(relative: Relative, words: str) -> dict[str, Relative]:
    return dict.fromkeys(fold(words).split(), relative)


# After "my", "our" or "for"; bare ones with a name or an age.
ENGLISH: dict[str, Relative] = {
    **_of(_SON, "son boy"),
    **_of(_DAUGHTER, "daughter girl"),
    **_of(_CHILD, "child kid baby toddler infant newborn teenager"),
    **_of(_CHILDREN, "children kids babies twins toddlers childs"),
    **_of(_SONS, "sons boys"),
    **_of(_DAUGHTERS, "daughters girls"),
    **_of(_WIFE, "wife wifey"),
    **_of(_HUSBAND, "husband hubby"),
    **_of(_SPOUSE, "spouse partner"),
    **_of(_MOTHER, "mother mom mum mama mommy mummy"),
    **_of(_FATHER, "father dad baba daddy papa"),
    **_of(_PARENTS, "parents"),
    **_of(
        _WOMAN,
        "sister aunt auntie grandmother grandma granny niece maid nanny housemaid fiancee stepmother stepdaughter "
        "girlfriend granddaughter mother-in-law sister-in-law daughter-in-law",
    ),
    **_of(
        _MAN,
        "brother uncle grandfather grandpa nephew driver fiance stepfather stepson boyfriend grandson father-in-law "
        "brother-in-law son-in-law",
    ),
    **_of(_SOMEBODY, "cousin friend colleague grandchild neighbour neighbor helper relative"),
    **_of(_OTHERS, "grandkids grandchildren brothers sisters siblings friends nephews nieces cousins"),
}

# With the "my" in them.
ARABIC: dict[str, Relative] = {
    **_of(_SON, "ابني ولدي وليدي ابننا ولدنا وليدنا ابنى طفلي ولدى اولدي ابنيه"),
    **_of(_DAUGHTER, "بنتي ابنتي بنوتي بنيتي بنتنا ابنتنا طفلتي بنتى بنوتتي بتي"),
    **_of(_CHILD, "طفلنا البيبي بيبي رضيعي مولودي جاهلي"),
    **_of(
        _CHILDREN,
        "عيالي اولادي ولادي اطفالي عيالنا اولادنا ولادنا اطفالنا وليداتي دراري صغاري بزراني بزاريني ورعاني "
        "جهالي يهالي فروخي زغاري ابنايي ابناي توامي",
    ),
    **_of(_SONS, "شبابي ولداتي"),
    **_of(_DAUGHTERS, "بناتي بنياتي البنات بناتنا"),
    **_of(_WIFE, "زوجتي مراتي مرتي مرتى حرمتي حرمي المدام مدامي مرتنا عقيلتي"),
    **_of(_HUSBAND, "زوجي جوزي راجلي ريلي جوزى زوجى بعلي"),
    **_of(
        _MOTHER,
        "امي والدتي الوالده ماما مامتي يمه ميمتي امنا مامي الحجه امايه اميه والدتنا الواليده الوالده يما امى ماميتي",
    ),
    **_of(
        _FATHER,
        "ابوي ابويا والدي الوالد بابا باباي بوي بويا بيي ابويه شيبتي الحجي الشايب ابونا والدنا بويه والدى باباتي الواليد",
    ),
    **_of(_PARENTS, "والديني والداي اهلي الوالدين والديا"),
    **_of(
        _WOMAN,
        "اختي خالتي عمتي جدتي حماتي ستي تيتا تيته صاحبتي صديقتي خطيبتي الشغاله الخدامه شغالتي خدامتي ختي بيبيتي "
        "عمتو خالتو نناه حبابتي جارتي زميلتي يدتي ختيتي حفيدتي سلفتي",
    ),
    **_of(
        _MAN,
        "اخوي اخويا اخي خوي خويا خيي اخويه جدي جدو عمي صاحبي صديقي زميلي السايق سايقي خطيبي حماي عمو جاري يدي "
        "حفيدي نسيبي صهري سواقي",
    ),
    **_of(_OTHERS, "اخواني خواتي اخواتي اخوتي احفادي"),
    # Also "I want", "empty", "my leg", and the like.
    **_of(replace(_FATHER, weak=True), "ابي ابى"),
    **_of(replace(_MAN, weak=True), "خالي خالو"),
    **_of(replace(_HUSBAND, weak=True), "رجلي رجالي زلمتي"),
    **_of(replace(_WIFE, weak=True), "الاهل المره"),
    # Without a "my": with a name or an age, or with ديالي, تاعي and their kind.
    **_of(replace(_SON, weak=True), "ابن ولد الولد الابن صبي الصبي"),
    **_of(replace(_DAUGHTER, weak=True), "بنت البنت بنوته البنوته ابنه الابنه البنيه بنيه"),
    **_of(replace(_CHILD, weak=True), "طفل طفله الطفل الطفله رضيع رضيعه الرضيع الرضيعه مولود المولود"),
    **_of(
        replace(_CHILDREN, weak=True),
        "اولاد عيال ولاد الاطفال اطفال توام العيال الاولاد الولاد الجهال اليهال البزران الوليدات التوام الدراري",
    ),
    **_of(replace(_WIFE, weak=True), "زوجه الزوجه المراه المرا مراه الحرمه"),
    **_of(replace(_HUSBAND, weak=True), "زوج الزوج الراجل"),
    **_of(replace(_MOTHER, weak=True), "الام الماما"),
    **_of(replace(_FATHER, weak=True), "الاب البابا الحاج"),
    **_of(replace(_WOMAN, weak=True), "الاخت الجده الخاله"),
    **_of(replace(_MAN, weak=True), "الاخ الجد"),
}

# Arabizi that the rules of understanding/arabizi.py do not bring to a word above.
ARABIZI: dict[str, str] = {
    **dict.fromkeys("ibni ebni ibny ebny abni ebnee ibnee ibne ebne bni".split(), "ابني"),
    **dict.fromkeys("binti bnti benti bnty benty bintee bntee binty bente binte".split(), "بنتي"),
    **dict.fromkeys("ebnti ibnati ibnti ebnaty ibnaty".split(), "ابنتي"),
    **dict.fromkeys("waladi weldi wldi wladee waldee waladee wlidi wlydi waldy weldy wldy waladiii walady oueldi weldii".split(), "ولدي"),
    **dict.fromkeys("wladi wlady wladii wlade oulidati wlidati wlidaty wladyy".split(), "ولادي"),
    **dict.fromkeys("awladi awlady awladee awlade".split(), "اولادي"),
    **dict.fromkeys("3yali 3yaly 3eyali 3iyali 3yalee 3eyaly".split(), "عيالي"),
    **dict.fromkeys("banati bnati banaty bnaty".split(), "بناتي"),
    **dict.fromkeys("atfali 2atfali atfaly".split(), "اطفالي"),
    **dict.fromkeys("drari derari drary".split(), "دراري"),
    **dict.fromkeys("jahhali jhali jehali yahali".split(), "جهالي"),
    **dict.fromkeys("marti mrti merti marty mrty martee mertee marte".split(), "مرتي"),
    **dict.fromkeys("mrati marati maraty mraty meraty merati".split(), "مراتي"),
    **dict.fromkeys("zawjti zawjati zawgti zawgati zogti zogty zojti zawjaty zawgty zawjty zojaty".split(), "زوجتي"),
    **dict.fromkeys("zawji zawgi zoji zogi zawjy zojy zowji zogy".split(), "زوجي"),
    **dict.fromkeys("gozi gozy jozi jozy gouzi jawzi joozi gawzi jowzi".split(), "جوزي"),
    **dict.fromkeys("rajli rajly rajeli".split(), "راجلي"),
    **dict.fromkeys("7ormti 7ormati hormti 7ormty hormaty 7urmati".split(), "حرمتي"),
    **dict.fromkeys("ommi omy ummi 2ommi omi ommy ummy immi emmi emi imi oumi oumy".split(), "امي"),
    **dict.fromkeys("waldti waldty walidati walditi walidti waldety waldeti walidaty wldti waledty waldati".split(), "والدتي"),
    **dict.fromkeys("walidi walidy waaldi waldii walidii waledi waledy".split(), "والدي"),
    **dict.fromkeys("aboy abooy abouy abooya abuya aboya abouya aboyee abuy abui".split(), "ابوي"),
    **dict.fromkeys("baba".split(), "بابا"),
    **dict.fromkeys("bayyi bayye bayi bayyee".split(), "بيي"),
    **dict.fromkeys("mama mami mamti mamty".split(), "ماما"),
    **dict.fromkeys("okhti o5ti o5ty okhty ukhti u5ti khti 5ti ekhti e5ti".split(), "اختي"),
    **dict.fromkeys("akhi akhy a5i a5y akhoy akhooy a5oy a5ooy akhouya akhoya a5oya akhuya khouya 5oya khoya kho ya5oy khayyi 5ayyi".split(), "اخوي"),
    **dict.fromkeys("7amati 7amaty hamati hamaty".split(), "حماتي"),
    **dict.fromkeys("khalti 5alti khalty 5alty khalte".split(), "خالتي"),
    **dict.fromkeys("3amti 3amty 3amte 3ammti".split(), "عمتي"),
    **dict.fromkeys("3ammi 3amy 3ami 3ammy".split(), "عمي"),
    **dict.fromkeys("jiddi geddi jeddi giddi jdi".split(), "جدي"),
    **dict.fromkeys("jidati geddati jaddati jeddti geddeti jidti".split(), "جدتي"),
    **dict.fromkeys("teta tita".split(), "تيتا"),
    **dict.fromkeys("setti sitti siti setty".split(), "ستي"),
    **dict.fromkeys("sadi2ti sa7btii sa7bti sahbti".split(), "صاحبتي"),
    **dict.fromkeys("bent bint bnt".split(), "بنت"),
    **dict.fromkeys("walad weld wld ebn ibn".split(), "ولد"),
    **dict.fromkeys("3omro 3omrw 3umro 3omroh 3umruh 3mro 3mra 3omrah 3omrha 3omraha 3umrha 3umraha 3mrha 3omra 3omrhom 3amro 3omru".split(), "عمره"),
    **dict.fromkeys("esmo ismo ismoh esmoh esmu ismu esma isma esmha ismha esmaha ismaha esmohom smito smitha smiytou smiytha smiyto".split(), "اسمه"),
    **dict.fromkeys("esmi ismi esmy ismy smiti smiyti".split(), "اسمي"),
    **dict.fromkeys("ana ane anee".split(), "انا"),
    **dict.fromkeys("sneen snin snen senin seneen sanawat snawat sneeen sinin snein".split(), "سنين"),
    **dict.fromkeys("sana senna sne sene seneh sinah snh 3am".split(), "سنه"),
    **dict.fromkeys("santen santein sentein senten sanatain sntein snten sanateen sntin santeen 3amein 3amen".split(), "سنتين"),
    **dict.fromkeys("shahr shhr sha7r shaher chhar chher".split(), "شهر"),
    **dict.fromkeys("shahrein shahren shahrain chahrein shahreen".split(), "شهرين"),
    **dict.fromkeys("ashhor shhoor shohor shuhur shhour shhur chhour chhor ashhur shehoor".split(), "شهور"),
    **dict.fromkeys("w we wa ou".split(), "و"),
    **dict.fromkeys("radi3 rdi3".split(), "رضيع"),
    **dict.fromkeys("mawaleed mawalid mwalid mawleed".split(), "مواليد"),
    **dict.fromkeys("dyali diali dialy taw3i ta3i ntaa3i nta3i mta3i bta3i bta3ti dyaly".split(), "ديالي"),
}  # fmt: skip
# These are English words or names too: read as Arabic only in a message that is not English.
ARABIZI_ONLY_THERE = frozenset(
    "bent mama baba ana we w ou wa sana sne sene imi emi omi siti tita teta kho abni shahr walad".split()
)

# "My" that stands after its noun.
MINE = frozenset("ديالي دياولي تاعي نتاعي متاعي بتاعي بتاعتي تبعي حقي حقتي مالتي مالي ديالنا تاعنا متاعنا".split())
# Before one of the words above, they make it somebody else's: my brother's son, my husband's mother.
CONSTRUCT: dict[str, Optional[str]] = {
    **dict.fromkeys("ابن ولد ابو اخو اخ زوج جوز راجل عم خال جد رجل خو".split(), "male"),
    **dict.fromkeys("بنت ابنه ام اخت خت زوجه مرات مرت مراه مره حرمه عمه خاله جده ست".split(), "female"),
    **dict.fromkeys("اولاد ولاد عيال بنات اخوات اخوان".split(), None),
}  # fmt: skip
# Between "my" and the word for the person.
ADJECTIVES = frozenset(
    "little older elder eldest oldest younger youngest big small first second third other own dear beloved only "
    "newborn baby teenage twin new lovely sick pregnant middle elderly old young".split()
)

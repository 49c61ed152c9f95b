"""English words that patients use; what stands here is not read as Arabizi."""

ENGLISH_WORDS = frozenset(
    """
a about above accept account after again ago all already also always am an and another any anyone anything
appointment appointments april are area around as ask at august available away baby back bad be because been
before being best better between big bill birth bit bleeding blood book booked booking both bring brother bus
but by bye call called came can cancel cannot car card care cash center change charge check checkup chest child
children clinic close closed cold come comes coming complain complaint confirm consultation contact cost could
cough cover covered dad daughter day days december dental dentist derma dermatologist dermatology did diet
different do doctor doctors does doing done dont down dr due each ear early earlier easy eight email emergency
english enough even evening every everyone eye eyes fast father february feel feeling female fever few fifth
file find fine first five floor follow for forget form found four free friday friend from full gave get gets
getting give go going good got had half happen happened happy hard has have having he head headache hear heart
hello help her here hey hi him his home hope hospital hour hours house how husband i if ill im in inside
insurance into is it its january july june just keep kid kids kind know lab lady last late later least leave
left less let like list little live location long look looking lost lot love machine made make male man many map
march may maybe me mean medical medicine meet message messages method min mind mine minute minutes missed mom
monday money month months more morning most mother move much my name near need needs never new next night nine
no nobody noon normal not nothing november now number nurse october of off offer office often ok okay old on
once one only open opening or order other our out over own paid pain parents park parking patient pay people
person phone please pm possible pregnant prescription price prices problem pull question quick rather ready
really reason receive reception refund remind reminder report reschedule result results right robot rude run
said same saturday saw say schedule second see seen send september seven she should show sick since sir sister
six skin sleep slot so some someone something son soon sorry speak specialist staff start stay still stop street
sunday sure talk team tell ten test tests than thank thanks that the their them then there these they thing
things think third this those though three through thursday time times to today together told tomorrow tonight
too took tooth toothache travel treatment try tuesday turn two type under until up update us use used vaccine
valet very video visit wait waited waiting walk want wanted was watch way we wednesday week weekend weeks well
went were what when where which while who why wife will with without woman women word work working worst would
write wrong yeah year years yes yesterday yet you young your yours plz pls thx u r ur wanna gonna hv msg appt
apt asap tmrw bupa tawuniya tawunia daman axa metlife medgulf mednet nextcare mri xray ultrasound botox laser
whitening filling braces covid flu shot google maps whatsapp online visa mada tabby tamara apple bot human agent
manager
""".split()
)

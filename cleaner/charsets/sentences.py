"""A few sentences, written for this purpose, in languages that have letters of their own but no profile.

They give only a rough idea of which letters follow each other, enough to tell `ĉu` from `æu`.
"""

from __future__ import annotations

from typing import Final

TEXTS: Final = {
    "eo": (
        "Ĉu vi scias, kie loĝas mia fraŭlino? Ŝi loĝas en malgranda domo ĉe la maro, kaj ĉiutage ŝi "
        "iras al la urbo por aĉeti panon kaj freŝajn fruktojn. Hodiaŭ la vetero estas bela, sed "
        "hieraŭ pluvis la tutan tagon. Mi ĝojas, ke ĉiuj miaj amikoj jam venis; ni manĝos kune kaj "
        "poste ludos ĝis la vespero. Ĵus mi aŭdis la novaĵon antaŭ ol legi la ĵurnalon. Eĥo sonis "
        "ĉirkaŭ la ĥoro, kaj la maljunulo ankaŭ aŭskultis kun ĝuo. Ĝi estis granda surprizo, ĉar "
        "neniu atendis tion; tamen ĉio iĝis pli facila, laŭ ŝia plano."
    ),
    "mt": (
        "Il-ħin għadda malajr u ħadd ma kien jaf x'se jiġri. Ommi marret is-suq biex tixtri l-ħobż, "
        "il-ġobon u ftit ħaxix frisk. Illum ix-xemx qed tiddi fuq iż-żewġ gżejjer, iżda lbieraħ kien "
        "hemm ħafna sħab. Meta wasalna d-dar, għamilna ċ-ċikkulata sħuna għal kulħadd. Iċ-ċittadini "
        "kollha għandhom dritt għall-edukazzjoni u għax-xogħol. Żagħżugħ ġdid beda jaħdem fil-ġnien, "
        "u ħija għenu jerfa' l-affarijiet. Għalhekk ħsibna li nibqgħu hawn sal-għaxija, ċert li "
        "kollox jiġi sewwa."
    ),
    "is": (
        "Það var einu sinni gömul kona sem bjó í litlu húsi við sjóinn. Á hverjum degi gekk hún niður "
        "að höfninni til þess að kaupa nýjan fisk og brauð. Veðrið er gott í dag, en í gær rigndi "
        "allan daginn. Við ætlum að hittast klukkan átta og borða saman; síðan förum við heim. Þetta "
        "er þriðja skiptið sem þú spyrð mig um það sama. Börnin þeirra æfa sig í að lesa og skrifa "
        "íslensku, því móðir þeirra er frá Ísafirði. Ég veit ekki hvað gerðist, þó að allir hafi séð "
        "ljósið yfir fjöllunum."
    ),
    "ga": (
        "Tá an aimsir go breá inniu, ach bhí sé ag cur báistí inné. Chuaigh mé go dtí an siopa chun "
        "arán agus bainne a cheannach. Níl a fhios agam cá bhfuil mo mháthair, ach sílim go bhfuil sí "
        "sa bhaile. Is maith léi éisteacht leis an gceol Éireannach gach oíche. An bhfuil tú réidh? "
        "Beidh an cruinniú ar siúl ag a hocht a chlog, agus tá súil againn go mbeidh gach duine ann. "
        "D'imigh na páistí amach chun imirt le chéile ar an bpáirc."
    ),
    "eu": (
        "Gaur eguraldi ona egiten du, baina atzo euria egin zuen egun osoan. Nire ama azokara joan "
        "zen ogia eta fruta erostera. Ez dakit non dauden haurrak, agian etxean izango dira. "
        "Zortzietan elkartuko gara eta gero mendira joango gara denok batera."
    ),
    "fo": (
        "Hetta er ein lítil bygd við sjógvin, har øll kenna hvønn annan. Í dag er veðrið gott, men í "
        "gjár regnaði allan dagin. Mamma fór til handils at keypa breyð og fisk. Vit skulu hittast "
        "klokkan átta og eta saman. Børnini læra at lesa og skriva føroyskt, tí móðir teirra er úr "
        "Havn. Eg veit ikki, hvat hendi, men øll sóu ljósið yvir fjøllunum."
    ),
    "kk": (
        "Бүгін күн жақсы, бірақ кеше күні бойы жаңбыр жауды. Менің анам дүкенге барып, нан мен сүт "
        "сатып алды. Біз сағат сегізде кездесіп, бірге кешкі ас ішеміз. Қазақ тілін үйрену қиын емес, "
        "егер сіз күн сайын оқысаңыз. Балалар мектепте оқып, жазып, ән айтып жүр. Оның әкесі ұзақ "
        "жылдар бойы қалада жұмыс істеді, өйткені ауылда жұмыс жоқ еді. Әрбір адамның білім алуға "
        "құқығы бар. Үйдің жанында үлкен өзен ағып жатыр, ал арғы жағында биік таулар көрінеді. Қайда "
        "бара жатқаныңды ұмытпа, ғалым болғың келсе, көп ізден."
    ),
    "be": (
        "Сёння добрае надвор'е, але ўчора ўвесь дзень ішоў дождж. Мая маці пайшла ў краму, каб купіць "
        "хлеба і малака. Мы сустрэнемся а восьмай гадзіне і павячэраем разам. Дзеці вучацца чытаць і "
        "пісаць па-беларуску, бо іхняя бабуля жыве ў вёсцы. Я не ведаю, што здарылася, хоць усе "
        "бачылі святло над лесам. Кожны чалавек мае права на адукацыю і на працу. Ён доўга глядзеў у "
        "акно, дзе ціха падаў снег, і думаў пра яе словы."
    ),
    "sr": (
        "Данас је лепо време, али је јуче цео дан падала киша. Моја мајка је отишла у продавницу да "
        "купи хлеб и млеко. Наћи ћемо се у осам часова и вечераћемо заједно. Деца уче да читају и "
        "пишу, јер њихова бака живи на селу. Не знам шта се догодило, иако су сви видели светлост "
        "изнад шуме. Свако људско биће има право на образовање и рад. Ђорђе је рекао да ће доћи "
        "кућом, а Љиљана и Његош су већ отишли. Још увек чекамо џак."
    ),
}

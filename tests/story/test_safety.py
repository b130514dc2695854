"""The safety net under free text: what must be caught, with the spelling of somebody in a hurry, and what must not."""

from __future__ import annotations

import tomllib

import pytest

from bot.story.safety import FOLDER, Alarm, alarm_in, net, plainly

TAGS = ("sv", "en", "ar")
LEAST = 60

CAUGHT: dict[str, dict[Alarm, str]] = {
    "sv": {
        Alarm.DANGER: """
            Jag är i fara, snälla svara
            HJÄLP MIG NU!!!
            snella hjälp mig
            Pappa är full och han har en kniv
            han har knif
            Hon säger att hon ska döda mamma
            Ring polisen!
            han slår mej nu och mamma skriker
            jag gömmer mig för pappa
            De har låst in mig i källaren
            Han stryper mig
            min pappa hotar att döda oss allihop
        """,
        Alarm.SUICIDE: """
            Jag vill dö
            jag vil dö
            JAG VILL INTE LEVA LÄNGRE
            orkar inte leva mer
            Jag tänker ta livet av mig
            ja vill do
            det vore bättre om jag inte fanns
            Ibland önskar jag att jag var död
            jag har försökt begå självmord
            begå sjelvmord
            jag skär mig i armarna
            ska döda mig själv
        """,
        Alarm.HURT: """
            Min pappa slår mig när han dricker
            han slåg mig
            mamma slår mej varje dag
            Det hände igen
            han har gjort det igen igår
            Jag vågar inte gå hem
            jag är rädd för min pappa
            Han tafsar på mig
            hon gör mig illa igen
        """,
        Alarm.RUNAWAY: """
            Jag ska rymma ikväll
            jag har rymt hemifrån
            vill rymma hem ifrån
            Jag har ingenstans att sova
            pappa kastade ut mig
        """,
        Alarm.SAFE_WORD: """
            SOS
            sos!
            s.o.s
        """,
    },
    "en": {
        Alarm.DANGER: """
            I'm in danger
            HELP ME NOW
            pls help me
            He has a knife
            he has a nife!!
            dad has a knife
            Please call the police
            He said he will kill me
            he's going to kill us
            they locked me in
            I am hiding from my dad
            he is beating my mum
        """,
        Alarm.SUICIDE: """
            I want to die
            i wanna die
            I don't want to live any more
            dont want to live
            i want to kill my self
            kil myself
            I have been thinking about suicide
            I feel suisidal
            everyone is better off without me
            I keep cutting myself
            I wish I was dead
            I just can't go on living
        """,
        Alarm.HURT: """
            My dad hits me
            he hit me with a belt
            mum hits me when she drinks
            it happened again
            It happend again
            he did it again last night
            I am scared to go home
            I'm scared of my dad
            he keeps hiting me
            someone is hurting me
        """,
        Alarm.RUNAWAY: """
            I ran away from home
            I'm going to run away tonight
            i have nowhere to sleep
            no where to sleep
            my mum threw me out
        """,
        Alarm.SAFE_WORD: """
            SOS
            sos please
            S O S
        """,
    },
    "ar": {
        Alarm.DANGER: """
            أنا في خطر
            ساعدوني بسرعة
            أرجوكم ساعدوني!
            معه سكين
            معه سكينة كبيرة
            سيقتلني
            رح يقتلني
            اتصلوا بالشرطة
            هو يخنقني
            عم يضربني هلق
            حبسني في الغرفة
            هددني بالقتل أمس
        """,
        Alarm.SUICIDE: """
            أريد أن أموت
            اريد ان اموت
            بدي موت
            لا أريد أن أعيش
            ما بدي عيش
            أُريدُ أَنْ أَمُوتَ
            أفكر في الانتحار
            افكر فى الانتحار
            بدي اقتل حالي
            سأقتل نفسي
            أتمنى الموت كل يوم
            عايزة اموت
        """,
        Alarm.HURT: """
            أبي يضربني
            بابا بيضربني كل يوم
            ماما ضربتني
            ضربنييييي
            حدث ذلك مرة أخرى
            صار مره تانيه
            يلمسني وأنا نائمة
            أخاف أن أعود إلى البيت
            بخاف من بابا
            هو يؤذيني
        """,
        Alarm.RUNAWAY: """
            هربت من البيت
            أريد أن أهرب
            بدي اهرب الليلة
            طردوني من البيت
            ليس لدي مكان أنام فيه
        """,
        Alarm.SAFE_WORD: """
            SOS
            sos الآن
            اس او اس
        """,
    },
}

EVERYDAY: dict[str, str] = {
    "sv": """
        Hej!
        Vad betyder åtal?
        När får jag veta mer?
        Kan jag få prata med Tove?
        Det slog mig att jag glömde fråga en sak.
        Jag tar på mig jackan nu.
        Katten har rymt igen.
        Vi höll på att dö av skratt.
        Jag är sjukt trött på matten.
        Tack för att du svarade.
        Kan du hjälpa mig med läxan?
        Vem var det som lyssnade?
        Måste jag berätta en gång till?
        Jag minns inte vilken dag det var.
        Får min bror läsa det här?
        Vi förlorade och blev slagna i fotboll.
        Klockan slår tolv.
        Pappa slår gräset på lördagar.
        Mamma slår in paketet.
        Jag rör mig mycket på gympan.
        Polisen var snäll.
        Ska jag ringa polisen för att få papperet?
        Min telefon dog.
        Jag blev hungrig efter mötet.
        Kan jag få en annan tid?
        Vi har flyttat till ett nytt ställe.
        Jag sov hos mormor.
        Får jag gå hem direkt efteråt?
        Jag tycker inte om ordet brott.
        Vad gör en åklagare?
        Jag vill inte komma på tisdag.
        Det var kul att rita.
        Jag orkar inte läsa allt i dag.
        Varför står det inte vad domaren sa?
        Jag skar mig lite på en kniv när jag lagade mat.
        Filmen handlade om en pirat som rymde.
        Kan någon döda spindeln i köket?
        Jag vill leva i Spanien när jag blir stor.
        Såsen var god.
        Jag är rädd för spindlar.
    """,
    "en": """
        Hello!
        What does charge mean?
        When will I know more?
        Can I talk with Tove?
        It hit me that I forgot to ask.
        My cat ran away again.
        We nearly died laughing.
        I am so tired of maths.
        Thank you for answering.
        Can you help me with my homework?
        Who was listening?
        Do I have to tell it one more time?
        I do not remember which day it was.
        May my brother read this?
        They beat us in football.
        The clock strikes twelve.
        My dad hits the ball really far.
        I move a lot in gym.
        The police officer was kind.
        Should I call the police to get the paper?
        My phone died.
        I was hungry after the meeting.
        Can I have another time?
        We have moved to a new place.
        I slept at my grandma's.
        May I go home right after?
        I can't go home before five.
        I do not like the word crime.
        What does a prosecutor do?
        I do not want to come on Tuesday.
        Drawing was fun.
        I cannot read it all today.
        Why does it not say what the judge said?
        I cut my finger when I was cooking.
        The film was about a pirate.
        Can someone kill the spider in the kitchen?
        I want to live in Spain when I grow up.
        The sauce was good.
        I am scared of spiders.
        I ran away from a wasp.
    """,
    "ar": """
        مرحبا!
        ما معنى توجيه التهمة؟
        متى أعرف أكثر؟
        هل يمكنني أن أتحدث مع Tove؟
        نسيت أن أسأل عن شيء.
        هربت القطة من جديد.
        ضحكنا كثيرا اليوم.
        تعبت من الرياضيات.
        شكرا على الجواب.
        هل تساعدني في الواجب؟
        من كان يستمع؟
        هل علي أن أحكي مرة أخرى؟
        لا أتذكر أي يوم كان.
        هل يقرأ أخي هذا؟
        خسرنا المباراة أمس.
        الساعة الآن الثانية عشرة.
        أبي يعمل يوم السبت.
        أمي في البيت.
        أتحرك كثيرا في الرياضة.
        الشرطية كانت لطيفة.
        هل أتصل بالشرطة لأخذ الورقة؟
        انتهى شحن هاتفي.
        كنت جائعا بعد اللقاء.
        هل يمكن موعد آخر؟
        انتقلنا إلى بيت جديد.
        نمت عند جدتي.
        هل أذهب إلى البيت بعدها؟
        لا أحب كلمة جريمة.
        ماذا تفعل النيابة العامة؟
        لا أريد أن آتي يوم الثلاثاء.
        كان الرسم جميلا.
        لا أستطيع أن أقرأ كل شيء اليوم.
        لماذا لا يوجد ما قاله القاضي؟
        جرحت إصبعي في المطبخ.
        كان الفيلم عن قرصان.
        هل يقتل أحد العنكبوت في المطبخ؟
        أريد أن أعيش في إسبانيا عندما أكبر.
        الطعام كان لذيذا.
        أخاف من العناكب.
        أحتاج إلى مساعدة في اللغة السويدية.
    """,
}


def sentences(text: str) -> list[str]:
    """One a line."""
    return [line.strip() for line in text.strip().splitlines()]


CATCHES = [
    (tag, alarm, words) for tag, alarms in CAUGHT.items() for alarm, some in alarms.items() for words in sentences(some)
]
PASSES = [(tag, words) for tag, some in EVERYDAY.items() for words in sentences(some)]


@pytest.mark.parametrize(("tag", "alarm", "words"), CATCHES)
def test_is_caught(tag: str, alarm: Alarm, words: str):
    assert alarm_in(words, tag) is alarm


@pytest.mark.parametrize(("tag", "words"), PASSES)
def test_is_let_through(tag: str, words: str):
    assert alarm_in(words, tag) is None


@pytest.mark.parametrize("tag", TAGS)
def test_there_are_enough_of_each(tag: str):
    assert len({words for one, _, words in CATCHES if one == tag}) >= 40
    assert len({words for one, words in PASSES if one == tag}) >= 40
    assert set(net(tag)) == set(Alarm)
    assert sum(map(len, net(tag).values())) >= LEAST


@pytest.mark.parametrize("tag", TAGS)
def test_every_phrase_raises_its_own_alarm(tag: str):
    """A phrase shadowed by a more urgent one shows the wrong help."""
    wrong = {
        phrase: caught
        for alarm, phrases in net(tag).items()
        for phrase in phrases
        if (caught := alarm_in(phrase.removesuffix("*"), tag)) is not alarm
    }
    assert not wrong


@pytest.mark.parametrize("tag", TAGS)
def test_no_phrase_is_written_twice_and_endings_are_left_open_sparingly(tag: str):
    table = tomllib.loads((FOLDER / tag / "safety.toml").read_text(encoding="utf-8"))
    phrases = [phrase for some in table.values() for phrase in some]
    assert len(phrases) == len(set(phrases))
    assert sum(phrase.endswith("*") for phrase in phrases) <= len(phrases) // 20
    assert all(len(phrase) >= 3 for phrase in phrases)


def test_a_swedish_word_is_heard_in_every_language():
    assert alarm_in("please, jag vill dö", "en") is Alarm.SUICIDE
    assert alarm_in("جدا: hjälp mig nu", "ar") is Alarm.DANGER


def test_the_most_urgent_one_wins():
    assert alarm_in("Jag vill dö och han har en kniv", "sv") is Alarm.DANGER


def test_an_alarm_inside_another_word_is_none():
    assert alarm_in("kaosos", "sv") is None


@pytest.mark.parametrize("words", ["", "   ", "…!?", "🙂"])
def test_nothing_said_is_nothing_caught(words: str):
    assert alarm_in(words, "sv") is None


def test_words_are_made_plain():
    assert plainly("  JAAAA!!  \n Vill-dö ") == "ja vill dö"
    assert plainly("أُرِيدُ أنْ") == plainly("اريد ان")
    assert plainly("ســاعدوني") == "ساعدوني"

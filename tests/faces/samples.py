"""Sample screens: enough of every shape to look at and to sweep. Their words are own names, in three scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from bot.faces.frame import Frame
from bot.faces.helplines import error_page, help_page
from bot.faces.web import page
from bot.speech import Locale, locales
from bot.talk import Ask, Block, Choice, Name, Screen, Text, Written

FRAME = Frame(css="/s/x/a.css", js="/s/x/a.js", icon="/s/x/a.svg")

WORDS: Mapping[str, Mapping[str, str]] = {
    "sv": {
        "hello": "Hej! Jag är ett datorprogram.",
        "who": "Jag visar det som vuxna på huset har skrivit till dig. Jag kan inte svara på allt.",
        "ask": "Vill du prata med en människa? Tryck på Hjälp, den finns alltid här uppe.",
        "way": "Min väg", "way_lead": "Det här har hänt, i ordning. Tryck på en rad om du vill läsa mer.",
        "r1": "Du pratade med Anna Lind, 3 mars", "r2": "Mötet där vuxna planerade, 9 mars",
        "r3": "Du berättade för Karim på polisen, 12 mars", "r4": "Vi väntar på vad åklagaren bestämmer",
        "card": "Du berättade för polisen",
        "what": "Vad hände?", "what1": "Du träffade Karim Haddad. Hans jobb är att lyssna på barn.",
        "what2": "Ni pratade i rummet med de två fåtöljerna. Samtalet filmades.",
        "decided": "Vem bestämde?", "decided1": "Åklagaren bestämde att samtalet skulle vara den dagen.",
        "next": "Vad händer sedan?",
        "next1": "Anna hör av sig på fredag efter klockan fyra, även om inget nytt har hänt.",
        "own": "Du får ta med din nalle nästa gång.\nHälsningar Anna",
        "ok": "Jag förstår", "unsure": "Jag är osäker", "talk": "Jag vill prata med någon", "back": "Tillbaka",
        "pin": "Skriv din kod", "code": "Skriv koden från lappen",
        "quiet": "Bra att veta ikväll", "quiet1": "Du kan säga: jag finns här, du behöver inte berätta för mig.",
    },
    "en": {
        "hello": "Hi! I am a computer program.",
        "who": "I show what grown-ups at the house have written for you. I cannot answer everything.",
        "ask": "Do you want to talk to a human? Press Help, it is always up here.",
        "way": "My way", "way_lead": "This has happened, in order. Press a line to read more.",
        "r1": "You talked with Anna Lind, 3 March", "r2": "The meeting where grown-ups planned, 9 March",
        "r3": "You told Karim at the police, 12 March", "r4": "We wait for what the prosecutor decides",
        "card": "You told the police",
        "what": "What happened?", "what1": "You met Karim Haddad. His job is to listen to children.",
        "what2": "You talked in the room with the two armchairs. The talk was filmed.",
        "decided": "Who decided?", "decided1": "The prosecutor decided that the talk would be that day.",
        "next": "What comes next?",
        "next1": "Anna gets in touch on Friday after four, even if nothing new has happened.",
        "own": "Du får ta med din nalle nästa gång.\nHälsningar Anna",
        "ok": "I understand", "unsure": "I am not sure", "talk": "I want to talk to someone", "back": "Back",
        "pin": "Write your code", "code": "Write the code from the slip",
        "quiet": "Good to know tonight", "quiet1": "You can say: I am here, you do not have to tell me.",
    },
    "ar": {
        "hello": "مرحبًا! أنا برنامج حاسوب.",
        "who": "أعرض ما كتبه لك الكبار في البيت. لا أستطيع الإجابة عن كل شيء.",
        "ask": "هل تريد التحدث مع إنسان؟ اضغط مساعدة، فهي دائمًا في الأعلى.",
        "way": "طريقي", "way_lead": "هذا ما حدث بالترتيب. اضغط على سطر لتقرأ المزيد.",
        "r1": "تحدثت مع Anna Lind في 3 مارس", "r2": "اجتماع الكبار للتخطيط في 9 مارس",
        "r3": "أخبرت Karim في الشرطة في 12 مارس", "r4": "ننتظر قرار المدعي العام",
        "card": "أخبرت الشرطة",
        "what": "ماذا حدث؟", "what1": "قابلت Karim Haddad. عمله أن يستمع إلى الأطفال.",
        "what2": "تحدثتما في الغرفة ذات المقعدين. تم تصوير الحديث.",
        "decided": "من قرر؟", "decided1": "قرر المدعي العام (åklagare) أن يكون الحديث في ذلك اليوم.",
        "next": "ماذا بعد؟", "next1": "ستتصل Anna يوم الجمعة بعد الساعة 16:00 حتى لو لم يحدث شيء جديد.",
        "own": "Du får ta med din nalle nästa gång.\nHälsningar Anna",
        "ok": "فهمت", "unsure": "لست متأكدًا", "talk": "أريد التحدث مع شخص", "back": "رجوع",
        "pin": "اكتب رمزك", "code": "اكتب الرمز من الورقة",
        "quiet": "من الجيد أن تعرف الليلة", "quiet1": "يمكنك أن تقول: أنا هنا، لا يلزم أن تخبرني.",
    },
}  # fmt: skip


def screens(tag: str) -> dict[str, Screen]:
    """One screen of each shape, in the words of a language."""
    words = {key: Name(said) for key, said in WORDS[tag].items()}
    back = Choice("back", words["back"], quiet=True)

    def block(*keys: str, heading: str | None = None, symbol: str | None = None, tone: str = "plain") -> Block:
        return Block(tuple(words[key] for key in keys), words[heading] if heading else None, symbol, tone=tone)

    card = Block((words["what1"], words["what2"]), words["what"], "camera", "e1", "child_interview", "heavy")
    own = Block((Written(WORDS[tag]["own"]),), symbol="letter")
    return {
        "front": Screen(
            words["hello"],
            (block("who", symbol="talk"), block("ask", symbol="help", tone="help")),
            choices=(Choice("a", words["way"]), Choice("b", words["talk"])),
        ),
        "timeline": Screen(
            words["way"],
            (block("way_lead", symbol="book"),),
            rows=tuple(Choice(key, words[key]) for key in ("r1", "r2", "r3", "r4")),
            choices=(Choice("talk", words["talk"]), back),
            note=Text("error.wait.text"),
        ),
        "card": Screen(
            words["card"],
            (card, block("decided1", heading="decided", symbol="scales"), own,
             block("next1", heading="next", symbol="clock", tone="wait")),
            choices=(Choice("ok", words["ok"]), Choice("unsure", words["unsure"]), Choice("talk", words["talk"]), back),
        ),
        "write": Screen(words["talk"], (block("ask", symbol="person"),), ask=Ask(Text("help.lead")), choices=(back,)),
        "tones": Screen(
            words["way"],
            (
                block("r1", symbol="calendar", tone="when"),
                *(block("who", tone=tone) for tone in ("pause", "closing", "theirs")),
                block("ok", tone="mine"),
                block("ask", symbol="help", tone="alarm"),
                block("next1", symbol="clock", tone="promise"),
                Block((Name("1234 5678 9012 3456"),), tone="code"),
                block("ok", tone="receipt"),
            ),
            choices=(back,),
        ),
        "pin": Screen(words["pin"], ask=Ask(Text("face.pin_digits"), 6, secret=True), choices=(back,)),
        "pictures": Screen(
            words["pin"],
            ask=Ask(Text("face.pin_place", {"place": 6, "all": 12}), 6, secret=True, pictures=True),
            choices=(back,),
        ),
        "code": Screen(words["code"], ask=Ask(Text("error.refused.text"), 8, secret=True), choices=(back,)),
        "quiet": Screen(
            words["quiet"],
            (block("quiet1", symbol="heart", tone="warm"),),
            choices=(Choice("a", words["ok"]),),
        ),
    }  # fmt: skip


def pages(one: Locale) -> dict[str, str]:
    """Every sample as a page, and the pages that need no screen."""
    drawn = {
        name: page(screen, one, step=f"sample/{name}", turn=7, hidden_turn=name == "quiet", frame=FRAME)
        for name, screen in screens(one.tag).items()
    }
    strip = Markup("<p>Demo</p>")
    several = Frame(FRAME.css, FRAME.js, FRAME.icon, locales=locales(), strip=strip)
    drawn["door"] = page(
        replace(screens(one.tag)["code"], choices=(Choice("/send", Text("face.done")),)),
        one,
        step="invite",
        turn=0,
        hidden_turn=False,
        frame=several,
        action="/i/token",
    )
    return drawn | {"help": help_page(one, several), "error": error_page(one, 500, FRAME)}

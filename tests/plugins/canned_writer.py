"""A writer that needs no network: it writes a whole article from what its prompt says."""

import re
from dataclasses import dataclass, field

from bacowr.engine.ports import Prompt, Purpose, Written

_SV = (
    (
        "Det börjar ofta med en enkel fråga vid köksbordet. Någon vill veta mer om {topic}, en "
        "annan har hört motsatsen, och ingen av dem har bråttom. Då är det ett bra läge att "
        "stanna upp och reda ut vad ni egentligen behöver veta innan ni bestämmer er.",
        "Skriv upp tre saker på ett papper: vad som stör i dag, vad som måste fungera och vad ni "
        "kan leva utan. Listan blir kortare än man tror. Den hjälper också när andra ger råd, "
        "för då går det att se vilka råd som svarar på just era frågor.",
    ),
    (
        "Många råd om {topic} låter lika säkra, fast de bygger på helt olika hus och vanor. Fråga "
        "därför alltid vem som säger det, hur de vet det och om de tjänar på svaret. Ett ärligt "
        "svar brukar innehålla ett förbehåll.",
        "På redaktionens egna sidor finns [mer att läsa]({key}) för den som vill förstå helheten. "
        "Läs med er egen lista bredvid. Det som inte rör någon punkt på papperet kan ni hoppa "
        "över med gott samvete.",
    ),
    (
        "Nu kommer den del som de flesta hoppar över, trots att den tar en eftermiddag. Gå runt "
        "hemma och titta med nya ögon på allt som rör {topic}. Anteckna det ni ser, och ta en "
        "bild av det som är svårt att beskriva.",
        "Jämför sedan anteckningarna med det ni skrev först. Här är det rimligt att ta hjälp av "
        "någon som beskriver stegen i tur och ordning, och en genomgång av hur andra har gått "
        "till väga med att {{LINK}} kan spara er ett par omvägar. Tänk på {terms} medan ni läser. "
        "Stryk sådant som inte gäller er.",
    ),
    (
        "Be gärna om ett besök i stället för ett svar i telefon. Den som står i rummet ser sådant "
        "som ingen tänker på att berätta: en tröskel, en trång vrå, ett fönster som vetter åt fel "
        "håll. Ställ samma frågor till alla ni talar med, annars går svaren inte att jämföra.",
        "Skriv ner svaren samma dag. Minnet är generöst mot den som var trevligast, och det är "
        "sällan trevligheten ni ska leva med i vinter. Ett kort protokoll med datum räcker långt "
        "om något blir fel senare.",
    ),
    (
        "När allt är jämfört återstår ett val som bara ni kan göra. Läs listan högt för varandra, "
        "punkt för punkt, och säg ja eller nej till var och en. Det som får två ja går vidare.",
        "Vänta sedan en vecka. Håller beslutet fortfarande är det dags att gå vidare med {topic}. "
        "Om ni tvekar är det ett svar i sig: då fattas något på papperet, och då vet ni också "
        "vilken fråga ni ska ställa härnäst.",
    ),
)
_SV_MORE = (
    "Ett gott råd är att börja i liten skala. Prova en sak i taget, vänta några dagar och se vad "
    "som händer innan nästa ändring görs. Så vet ni vad som gav resultat, och ni slipper backa "
    "flera steg om något blev sämre än det var.",
    "Glöm inte dem som delar vardagen med er. Grannar, hyresgäster och barn märker saker som den "
    "ansvariga missar, och en tidig fråga kostar mindre än en sen förklaring. Berätta vad som är "
    "på gång och be dem säga ifrån.",
    "Spara alla papper på ett ställe. En enkel mapp med kvitton, bilder och anteckningar gör det "
    "lättare att svara när någon undrar, och den följer med om huset en dag byter ägare. Ordning "
    "är tråkigt i stunden och skönt efteråt.",
    "Tala också om vad som händer om ni inte gör någonting. Ibland är det ett klokt val, ibland "
    "blir det dyrt. Sätt en dag i kalendern när frågan tas upp igen, så slipper den ligga och "
    "skava fram till dess.",
)
_EN = (
    (
        "It often starts with a plain question at the kitchen table. Somebody wants to know more "
        "about {topic}, somebody else has heard the opposite, and nobody is in a hurry. That is a "
        "good moment to stop and work out what you need to know before you decide.",
        "Put three things on paper: what bothers you today, what has to work, and what you can "
        "live without. The list turns out shorter than you think. It also helps when others give "
        "advice, because you can see which of it answers your own questions.",
    ),
    (
        "Much advice about {topic} sounds equally sure, although it comes from very different "
        "places and habits. So ask who says it, how they know, and whether they gain from the "
        "answer. An honest reply usually holds a reservation.",
        "The publication's own pages have [more to read]({key}) for anyone who wants the whole "
        "picture. Read with your list beside you. Whatever touches no point on the paper you may "
        "skip in good conscience.",
    ),
    (
        "Now comes the part that most people leave out, although it takes an afternoon. Walk "
        "through everything that has to do with {topic} and look at it afresh. Write down what "
        "you see, and take a picture of what is hard to describe.",
        "Then hold the notes against what you wrote first. At this point it makes sense to follow "
        "somebody who takes the steps in order, and a look at how others have dealt with "
        "{{LINK}} before can spare you a detour or two. Keep {terms} in mind as you read. Strike "
        "out what does not apply to you.",
    ),
    (
        "Ask for a visit rather than an answer by phone. Whoever stands in the room sees what "
        "nobody thinks of mentioning: a step, a narrow corner, a window that faces the wrong way. "
        "Put the same questions to everyone you talk to, or the answers cannot be compared.",
        "Write the answers down on the same day. Memory is generous to whoever was nicest, and it "
        "is seldom the niceness that you will live with next winter. A short record with a date "
        "goes a long way if something turns out wrong.",
    ),
    (
        "When everything has been compared there remains a choice that only you can make. Read "
        "the list aloud to each other, point by point, and say yes or no to each. Whatever gets "
        "two votes stays.",
        "Then wait a week. If the decision still holds it is time to go on with {topic}. If you "
        "hesitate, that is an answer too: something is missing on the paper, and now you know "
        "which question to ask next.",
    ),
)
_EN_MORE = (
    "It pays to begin on a small scale. Try one thing at a time, wait a few days and see what "
    "happens before the next change. That way you know what helped, and you need not take back "
    "several steps if something became worse than it was.",
    "Do not forget the people you share your days with. Neighbors, tenants and children notice "
    "what the person in charge overlooks, and an early question costs less than a late excuse. "
    "Tell them what is going on and ask them to speak up.",
    "Keep all papers in one place. A plain folder with receipts, pictures and notes makes it "
    "easier to reply when somebody wonders, and it goes with the house if that changes hands. "
    "Order is dull in the moment and pleasant afterwards.",
    "Talk about what happens if you do nothing as well. Sometimes that is wise, sometimes it gets "
    "dear. Put a day in the calendar on which the matter comes up again, so that it does not lie "
    "there and chafe until then.",
)
_SV_LAST = (
    "Bestäm också vem som håller i frågan. Två som delar på ansvaret gör gärna halva arbetet var "
    "och tror att den andra har gjort resten. Den ena ringer, den andra läser, och på söndagen "
    "sätter ni er tillsammans och går igenom vad som har hänt.",
    "Läs gärna äldre texter också. Det som skrevs för några år sedan visar vad som har hållit och "
    "vad som bara var en nyhet den våren. Står samma råd kvar brukar det finnas en orsak, och då "
    "är det värt att förstå den innan ni går vidare.",
    "Titta särskilt på det som redan fungerar. Det är lätt att stirra sig blind på bristerna och "
    "byta ut sådant som var bra. Rita en enkel skiss, markera det ni vill behålla och låt den "
    "hänga på kylskåpet tills alla i familjen har sett den.",
    "Fråga till sist vad som krävs av er efteråt. Nästan allt vill ha skötsel, och den som vet "
    "hur mycket kan välja med öppna ögon. Ett löfte om att något sköter sig själv är nästan "
    "alltid ett halvt svar på en hel fråga.",
    "Fira gärna när det är klart. Ett beslut som har fått växa fram är lättare att leva med, även "
    "om det inte blev precis som någon tänkte från början. Spara listan; nästa gång ni står inför "
    "ett val är halva arbetet redan gjort.",
)
_EN_LAST = (
    "Decide who looks after the matter as well. Two people who share a duty like to do half of it "
    "each and believe that the other has done the rest. One of you makes the calls, the other "
    "reads, and on Sunday you sit down together and go through what has happened.",
    "Do read older pieces too. What was written some years ago shows what has lasted and what was "
    "only the news of that spring. Where the same advice still stands there tends to be a reason, "
    "and it is worth understanding before you move on.",
    "Look closely at what works already. It is easy to stare at the faults and replace something "
    "that was good. Draw a plain sketch, mark what you want to keep, and let it hang on the "
    "fridge until everyone at home has seen it.",
    "Ask last of all what will be required of you afterwards. Nearly everything wants care, and "
    "whoever knows how much can choose with open eyes. A promise that something looks after "
    "itself is nearly always half an answer to a whole question.",
    "Celebrate when it is done. A decision that was allowed to grow is easier to live with, even "
    "if it did not turn out as anyone had thought at first. Keep the list: the next time you face "
    "a choice, half of the work is done.",
)
_HINTS = '{"qc_extension": {"doubts": []}}'


@dataclass
class CannedWriter:
    """Answers every purpose at once, in Swedish or English, and keeps the prompts it was given.

    The article makes no claim that would need a source: it tells how to go about deciding. With
    `answers` a purpose's answer can be replaced.
    """

    provider: str = "canned"
    model: str = "canned-1"
    answers: dict[Purpose, str] = field(default_factory=dict)
    prompts: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt) -> Written:
        """Answer as a good model would."""
        self.prompts.append(prompt)
        text = self.answers.get(prompt.purpose)
        if text is None:
            text = _outline(prompt) if prompt.purpose is Purpose.OUTLINE else article(prompt)
            if prompt.purpose in {Purpose.POLISH, Purpose.SINGLE}:
                text += f"\n===HINTS===\n{_HINTS}\n"
        sent = len(prompt.system) + len(prompt.user)
        return Written(text, self.provider, self.model, sent // 4, len(text) // 4)


def article(prompt: Prompt) -> str:
    """Write the article that a prompt asks for."""
    swedish = "Language: Swedish" in prompt.user
    is_flow = "no other heading" in prompt.system
    parts = [f"# {_title(prompt)}"]
    for place, (heading, topic) in enumerate(_headings(prompt)):
        body = _paragraphs(place, swedish=swedish, is_flow=is_flow)
        if not is_flow:
            parts.append(f"## {heading}")
        parts += [" ".join(body)] if is_flow else body
        parts = [each.replace("{topic}", topic) for each in parts]
    text = "\n\n".join(parts) + "\n"
    key = _first(r"^\| Passage (S\d+)", prompt.user) or "S1"
    text = text.replace("{terms}", _terms(prompt, swedish=swedish)).replace("{key}", key)
    return text


def _headings(prompt: Prompt) -> list[tuple[str, str]]:
    """Give five headings that differ, with their topics."""
    pattern = r"^\| Heading \d+: (.+) \(topic: (.+); about"
    found = re.findall(pattern, prompt.user, re.MULTILINE) or [("Text", "text")]
    listed = (found * 5)[:5]
    return [
        (f"{heading} ({place + 1})" if place >= len(found) else heading, topic)
        for place, (heading, topic) in enumerate(listed)
    ]


def _paragraphs(place: int, *, swedish: bool, is_flow: bool) -> list[str]:
    sections, more, last = (_SV, _SV_MORE, _SV_LAST) if swedish else (_EN, _EN_MORE, _EN_LAST)
    if is_flow:
        return [*sections[place], last[place]]
    closer = _CLOSER[swedish][place // 2 : place // 2 + 1] if place in {1, 3} else ()
    return [*sections[place], *more[place : place + 1], *closer, last[place]]


def _terms(prompt: Prompt, *, swedish: bool) -> str:
    listed = _first(r"around the slot: (.+)$", prompt.user)
    terms = listed.split(", ")[:6] if listed else [_headings(prompt)[0][1]]
    joined = ", ".join(terms[:-1])
    return f"{joined} {'och' if swedish else 'and'} {terms[-1]}" if joined else terms[-1]


_CLOSER = {
    True: (
        "Ta er tid med det här steget. Den som skyndar förbi det får ofta börja om, och då har "
        "både tålamod och pengar tagit slut. En lugn timme med papper och penna är en billig "
        "försäkring, och den går att göra samma kväll som tanken väcks.",
        "Låt också någon utomstående läsa det ni kommit fram till. En vän som inte är insatt "
        "ställer de frågor som ni har slutat höra. Kan ni förklara valet på två minuter utan att "
        "ta till facktermer är ni förmodligen klara.",
    ),
    False: (
        "Take your time over this step. Whoever hurries past it often has to begin again, when "
        "both patience and money have run out. A quiet hour with pen and paper is cheap "
        "insurance, and you can have it on the very evening the thought comes up.",
        "Let an outsider read what you have arrived at as well. A friend who knows nothing of it "
        "asks the questions that you no longer hear. If you can explain the choice in two minutes "
        "without a technical term, you are probably done.",
    ),
}


def _outline(prompt: Prompt) -> str:
    headings = re.findall(r"^\| Heading \d+: (.+) \(topic:", prompt.user, re.MULTILINE)
    lines = [f"# {_title(prompt)}", "Promise: the reader knows how to decide."]
    for each in headings:
        lines += ["", f"## {each}", "- Point: one idea.", "- Facts: S1", "- Words: 200"]
    return "\n".join(lines)


def _title(prompt: Prompt) -> str:
    found = _first(r"^\| Title in the publication's manner: (.+)$", prompt.user)
    return found or _first(r"^\| Subject: (.+)$", prompt.user) or "Article"


def _first(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text, re.MULTILINE)
    return match[1] if match else None

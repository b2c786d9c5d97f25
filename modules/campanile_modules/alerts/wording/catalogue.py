"""Ready words for each hazard, in Italian and English. What to do: short sentences, the most urgent one first.

Sources of the advice: "Io non rischio" and the self-protection pages of the Civil Protection Department; Ministry of
Health for heat. Blanks in braces are filled by `filling.fill`; `{when}` and `{until}` come from the times.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campanile_modules.alerts.states import Hazard


@dataclass(frozen=True)
class Blank:
    """Something that the officer fills in."""

    name: str
    label: str | Promise
    example: str
    required: bool = True


@dataclass(frozen=True)
class Words:
    """The ready text in one language."""

    headline: str
    description: str
    instruction: str


@dataclass(frozen=True)
class Ready:
    """What an alert about a hazard says. `category` and `responses` are CAP's words."""

    category: str
    responses: tuple[str, ...]
    it: Words
    en: Words
    blanks: tuple[Blank, ...] = field(default=())

    def words(self, language: str) -> Words:
        """English for English, Italian for everybody else."""
        return self.en if language == "en" else self.it


_STREET = Blank("street", _("Which road"), "Via Roma, dal ponte alla stazione")
_WHY = Blank("why", _("Why"), "un albero caduto")
_INSTEAD = Blank("instead", _("Which way instead"), "Passa da Via Verdi.", required=False)

READY: dict[Hazard, Ready] = {
    Hazard.SNOW: Ready(
        "Met", ("Prepare", "Avoid"),
        Words("Allerta {colour} per neve", "È prevista neve a {town} {when}, {until}.",
              "Non usare l'auto se puoi aspettare.\nSe devi partire, monta le catene o le gomme da neve.\n"
              "Pulisci il marciapiede davanti a casa.\nNon camminare sotto gli alberi carichi di neve."),
        Words("{colour} alert for snow", "Snow is expected in {town} {when}, {until}.",
              "Do not drive if you can wait.\nIf you must leave, fit chains or winter tyres.\n"
              "Clear the pavement in front of your house.\nDo not walk under trees loaded with snow."),
    ),
    Hazard.ICE: Ready(
        "Met", ("Prepare", "Avoid"),
        Words("Allerta {colour} per ghiaccio", "Sono previsti gelo e ghiaccio sulle strade di {town} {when}, {until}.",
              "Esci a piedi solo se serve e metti scarpe che tengono.\nGuida piano, soprattutto sui ponti.\n"
              "Proteggi il contatore dell'acqua.\nControlla come sta chi vive solo."),
        Words("{colour} alert for ice", "Frost and icy roads are expected in {town} {when}, {until}.",
              "Walk only if you have to, with shoes that grip.\nDrive slowly, above all on bridges.\n"
              "Protect your water meter from frost.\nCheck on people who live alone."),
    ),
    Hazard.HEAT: Ready(
        "Met", ("Prepare", "Avoid"),
        Words("Allerta {colour} per caldo", "È previsto molto caldo a {town} {when}, {until}.",
              "Bevi acqua anche se non hai sete.\nResta in casa dalle 11 alle 18.\n"
              "Non lasciare mai nessuno in auto, nemmeno per poco.\nTelefona a chi è anziano o vive solo.\n"
              "Se qualcuno sta male chiama il 112."),
        Words("{colour} alert for heat", "Great heat is expected in {town} {when}, {until}.",
              "Drink water even if you are not thirsty.\nStay indoors from 11 to 18.\n"
              "Never leave anybody in a car, not even briefly.\nCall people who are old or live alone.\n"
              "If somebody feels ill call 112."),
    ),
    Hazard.STORM: Ready(
        "Met", ("Avoid", "Prepare"),
        Words("Allerta {colour} per temporali", "Sono previsti temporali forti a {town} {when}, {until}.",
              "Resta in casa e chiudi le finestre.\nNon scendere in cantina e in garage.\n"
              "Stai lontano da alberi, fiumi e sottopassi.\nSe sei in auto fermati in un posto alto."),
        Words("{colour} alert for thunderstorms", "Severe thunderstorms are expected in {town} {when}, {until}.",
              "Stay indoors and close the windows.\nDo not go down to cellars and garages.\n"
              "Keep away from trees, rivers and underpasses.\nIf you are driving, stop on high ground."),
    ),
    Hazard.WIND: Ready(
        "Met", ("Avoid", "Prepare"),
        Words("Allerta {colour} per vento forte", "È previsto vento forte a {town} {when}, {until}.",
              "Togli da balconi e finestre quello che può cadere.\nNon passare sotto alberi e impalcature.\n"
              "Guida piano, soprattutto con moto e furgoni."),
        Words("{colour} alert for strong wind", "Strong wind is expected in {town} {when}, {until}.",
              "Take in whatever may fall from balconies and windows.\nDo not pass under trees and scaffolding.\n"
              "Drive slowly, above all on motorbikes and in vans."),
    ),
    Hazard.FLOOD: Ready(
        "Met", ("Avoid", "Evacuate"),
        Words("Allerta {colour} per piena: {river}",
              "Il livello di {river} sale{level}. L'acqua può uscire a {town} {when}, {until}.",
              "Sali ai piani alti: non scendere in cantina e in garage.\n"
              "Non passare su ponti e argini, né a piedi né in auto.\n"
              "Chiudi gas e corrente se sono al piano terra.\nSe sei in pericolo chiama il 112."),
        Words("{colour} alert for flood: {river}",
              "The level of {river} is rising{level}. Water may overflow in {town} {when}, {until}.",
              "Go to the upper floors: do not go down to cellars and garages.\n"
              "Do not cross bridges and embankments, on foot or by car.\n"
              "Turn off gas and electricity on the ground floor.\nIf you are in danger call 112."),
        (Blank("river", _("River or stream"), "Adda"),
         Blank("level", _("Level now, in metres"), "2,40", required=False)),
    ),
    Hazard.LANDSLIDE: Ready(
        "Geo", ("Avoid", "Prepare"),
        Words("Allerta {colour} per frane e forti piogge",
              "A {town} sono possibili frane e allagamenti {when}, {until}.",
              "Stai lontano dai pendii e dai torrenti.\nSe la tua casa è sotto un pendio, resta ai piani alti, "
              "dalla parte opposta al monte.\nNon passare dai sottopassi.\n"
              "Se vedi crepe, rumori o alberi che si piegano, vai via e chiama il 112."),
        Words("{colour} alert for landslides and heavy rain",
              "Landslides and flooding are possible in {town} {when}, {until}.",
              "Keep away from slopes and streams.\nIf your house stands below a slope, stay on the upper floors, on "
              "the side away from the hill.\nDo not use underpasses.\n"
              "If you notice cracks, noises or leaning trees, leave and call 112."),
    ),
    Hazard.ROAD: Ready(
        "Transport", ("Avoid",),
        Words("Strada chiusa: {street}", "{street} è chiusa per {why} {when}, {until}.",
              "{instead}\nLascia passare i mezzi di soccorso."),
        Words("Road closed: {street}", "{street} is closed because of {why} {when}, {until}.",
              "{instead}\nLet emergency vehicles pass."),
        (_STREET, _WHY, _INSTEAD),
    ),
    Hazard.SCHOOL: Ready(
        "Infra", ("Monitor",),
        Words("Scuole chiuse: {schools}", "A {town} restano chiuse: {schools}. Il motivo: {why}. {When}, {until}.",
              "Tieni i figli a casa.\nGuarda il sito del Comune per sapere quando riaprono."),
        Words("Schools closed: {schools}", "In {town} these stay closed: {schools}. The reason: {why}. "
              "{When}, {until}.",
              "Keep your children at home.\nWatch the municipality's site to learn when they open again."),
        (Blank("schools", _("Which schools"), "tutte le scuole"), Blank("why", _("Why"), "la neve")),
    ),
    Hazard.WATER: Ready(
        "Health", ("Avoid",),
        Words("Acqua del rubinetto: non berla", "A {town} l'acqua non è potabile {when}, {until}. Zona: {zone}.",
              "Non bere l'acqua del rubinetto e non usarla per cucinare.\nPuoi usarla per lavarti e per i servizi.\n"
              "{tanker}"),
        Words("Tap water: do not drink it", "In {town} tap water is not drinkable {when}, {until}. Area: {zone}.",
              "Do not drink tap water and do not cook with it.\nYou may wash with it and flush toilets.\n{tanker}"),
        (Blank("zone", _("Which area"), "tutto il paese"),
         Blank("tanker", _("Where to get water"), "L'autobotte è in Piazza Garibaldi.", required=False)),
    ),
    Hazard.FIRE: Ready(
        "Fire", ("Avoid", "Shelter"),
        Words("Incendio: {place}", "C'è un incendio a {place} {when}. Il fumo può arrivare in paese.",
              "Stai lontano e lascia libere le strade.\nChiudi porte e finestre.\n"
              "Se il fuoco si avvicina esci, dalla parte lontana dal fumo, e chiama il 112."),
        Words("Fire: {place}", "There is a fire at {place} {when}. Smoke may reach the town.",
              "Keep away and leave the roads free.\nClose doors and windows.\n"
              "If the fire comes near, leave on the side away from the smoke and call 112."),
        (Blank("place", _("Where it burns"), "Monte Barro"),),
    ),
    Hazard.MISSING: Ready(
        "Rescue", ("Monitor",),
        Words("Cerchiamo una persona", "Cerchiamo {who}. Vista l'ultima volta: {seen}.",
              "Guarda in cortili, garage e capanni.\nSe la vedi resta con lei e chiama il 112.\n"
              "Non muoverti da solo nei boschi: le squadre sono già al lavoro."),
        Words("We are looking for somebody", "We are looking for {who}. Last seen: {seen}.",
              "Look in yards, garages and sheds.\nIf you see this person stay there and call 112.\n"
              "Do not search the woods on your own: teams are at work."),
        (Blank("who", _("Whom, as her family agreed to say"), "una donna di 80 anni, capelli grigi, giacca verde"),
         Blank("seen", _("Last seen"), "oggi alle 15, in Via Roma")),
    ),
    Hazard.OTHER: Ready("Other", ("Monitor",), Words("", "", ""), Words("", "", "")),
}  # fmt: skip

FALSE_ALARM = {
    "it": Words("Falso allarme: {headline}", "Il messaggio “{headline}” era un errore. Non c'è nessun pericolo.",
                "Non devi fare nulla. Ci scusiamo."),
    "en": Words("False alarm: {headline}", "The message “{headline}” was a mistake. There is no danger.",
                "You do not have to do anything. We are sorry."),
    "de": Words("Fehlalarm: {headline}", "Die Nachricht „{headline}“ war ein Irrtum. Es besteht keine Gefahr.",
                "Sie müssen nichts tun. Wir bitten um Entschuldigung."),
    "sl": Words("Lažni alarm: {headline}", "Sporočilo „{headline}“ je bilo pomota. Ni nevarnosti.",
                "Ni vam treba storiti ničesar. Opravičujemo se."),
}  # fmt: skip
ALL_CLEAR = {
    "it": Words("Cessato allarme: {headline}", "“{headline}”: è finita. Il pericolo è passato.",
                "Puoi tornare a fare quello che facevi."),
    "en": Words("All clear: {headline}", "“{headline}” is over. The danger has passed.",
                "You may go back to what you were doing."),
    "de": Words("Entwarnung: {headline}", "„{headline}“ ist vorbei. Die Gefahr ist vorüber.",
                "Sie können wieder tun, was Sie getan haben."),
    "sl": Words("Konec nevarnosti: {headline}", "„{headline}“ je končano. Nevarnost je minila.",
                "Lahko nadaljujete s svojim delom."),
}  # fmt: skip
COLOURS = {
    "it": ("verde", "gialla", "arancione", "rossa"),
    "en": ("Green", "Yellow", "Orange", "Red"),
}
DRILL = {"it": "ESERCITAZIONE", "en": "DRILL", "de": "ÜBUNG", "sl": "VAJA"}
EXPLAIN_DRILL = {
    "it": "Questa è un'esercitazione: non c'è nessun pericolo.",
    "en": "This is a drill: there is no danger.",
    "de": "Dies ist eine Übung: Es besteht keine Gefahr.",
    "sl": "To je vaja: ni nevarnosti.",
}

"""Words of the demo. In Italian because they are content, as citizens and officers would write it."""

STREETS = (
    "Via Roma", "Piazza Garibaldi", "Via Manzoni", "Via della Filanda", "Lungolago", "Via IV Novembre",
    "Via Parini", "Via ai Mulini", "Piazza della Chiesa", "Via Risorgimento", "Via Monte Grappa", "Via San Carlo",
)  # fmt: skip

PEOPLE = (
    "Giulia Bonacina", "Marco Invernizzi", "Anna Rusconi", "Paolo Milani", "Chiara Ratti", "Luca Frigerio",
    "Elena Valsecchi", "Andrea Colombo", "Francesca Spreafico", "Stefano Corti", "Marta Locatelli", "Davide Riva",
)  # fmt: skip

# catalogue code -> (title, details)
PROBLEMS = {
    "roads": (
        ("Buca profonda sulla carreggiata", "Si allarga a ogni pioggia. Ieri un motorino ha rischiato di cadere."),
        ("Asfalto sollevato dalle radici", "Sul lato del marciapiede, il passeggino non passa."),
        ("Cedimento vicino al tombino", "Il bordo è sceso di qualche centimetro."),
    ),
    "green": (
        ("Ramo pericolante", "Un ramo grosso pende sopra la fermata dello scuolabus."),
        ("Erba alta nel parco", "I bambini non riescono più a usare lo scivolo."),
        ("Siepe che copre lo specchio stradale", "Uscendo dal vicolo non si vede chi arriva."),
    ),
    "signs": (
        ("Strisce pedonali quasi invisibili", "Davanti alla scuola primaria."),
        ("Cartello di stop girato", "Probabilmente urtato da un camion."),
    ),
    "street-furniture": (
        ("Panchina rotta", "Manca un'asse della seduta."),
        ("Cestino divelto", "È a terra da domenica."),
    ),
    "drains": (("Tombino otturato", "Quando piove l'acqua entra nei garage."),),
    "playgrounds": (
        ("Altalena senza catena", "Si può usare solo una delle due."),
        ("Vetri nell'area cani", ""),
    ),
    "lighting": (
        ("Lampione spento", "Da tre sere, il tratto è completamente buio."),
        ("Luce che lampeggia", "Proprio davanti alle finestre."),
    ),
    "waste": (("Rifiuti abbandonati", "Un materasso e alcuni sacchi accanto al cassonetto."),),
    "pests": (("Nido di vespe sotto la pensilina", "Vicino alla fermata dell'autobus."),),
    "water": (("Perdita d'acqua in strada", "Esce dall'asfalto da stamattina."),),
    "accessibility": (("Scivolo del marciapiede troppo ripido", "In carrozzina da soli non si sale."),),
    "cemeteries": (("Fontanella del cimitero guasta", "Non esce acqua da una settimana."),),
    "other": (
        ("Rumori dal cantiere dopo le 20", ""),
        ("Bacheca comunale con il vetro rotto", ""),
    ),
}

# Category in reports.csv -> catalogue code
CATEGORY_OF = {
    "Buche": "roads", "Verde pubblico": "green", "Semafori e segnaletica stradale": "signs",
    "Arredo urbano": "street-furniture", "Tombini": "drains", "Parchi gioco e aree cani": "playgrounds",
    "Disinfestazione (topi, blatte, vespe, piccioni)": "pests", "Cimiteri": "cemeteries",
    "Accessibilità ed inclusione delle persone con disabilità": "accessibility",
    "Illuminazione pubblica": "lighting", "Acquedotto e fognature": "water",
}  # fmt: skip

SOLVED = (
    "Abbiamo riparato oggi. Grazie della segnalazione.",
    "L'intervento è stato fatto questa mattina dalla squadra comunale.",
    "Sistemato dalla ditta incaricata. Se il problema torna, scrivici ancora.",
)
NOT_DONE = (
    "La strada è della Provincia: abbiamo girato loro la segnalazione.",
    "Siamo passati a vedere e non abbiamo trovato il problema. Se c'è ancora, mandaci una foto.",
)
ANSWERS = (
    "Abbiamo fatto un sopralluogo: l'intervento è in programma per la prossima settimana.",
    "Attendiamo il materiale dal fornitore, ti aggiorniamo appena arriva.",
)

"""The categories a town starts with: (catalogue code, Italian name, English name)."""

FIRST_CATEGORIES = (
    ("roads", "Buche e strade", "Holes and roads"),
    ("green", "Verde pubblico", "Parks and trees"),
    ("signs", "Semafori e segnaletica stradale", "Traffic lights and road signs"),
    ("street-furniture", "Arredo urbano", "Street furniture"),
    ("drains", "Tombini", "Drains and manholes"),
    ("playgrounds", "Parchi gioco e aree cani", "Playgrounds and dog areas"),
    ("lighting", "Illuminazione pubblica", "Street lighting"),
    ("waste", "Rifiuti e pulizia", "Waste and cleaning"),
    ("pests", "Disinfestazione (topi, blatte, vespe, piccioni)", "Pest control"),
    ("water", "Acquedotto e fognature", "Water and sewers"),
    ("accessibility", "Accessibilità", "Accessibility"),
    ("cemeteries", "Cimiteri", "Cemeteries"),
    ("other", "Altro", "Other"),
)

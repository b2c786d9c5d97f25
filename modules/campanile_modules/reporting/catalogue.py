"""The categories a town starts with: (catalogue code, Italian name, English name)."""

FIRST_WEEK = [[["09:00", "12:30"], ["14:30", "17:00"]] if day < 5 else [] for day in range(7)]
"""Monday to Friday, mornings and afternoons: what most town halls keep."""
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

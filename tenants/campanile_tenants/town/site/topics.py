"""The topics of the national model for municipal sites (criterion C.SI.1.5), by address.

The Italian words are those of the model's list, to the letter.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

TOPICS: dict[str, Promise] = {
    "accesso-all-informazione": pgettext_lazy("topic", "Access to information"),
    "acqua": pgettext_lazy("topic", "Water"),
    "agricoltura": pgettext_lazy("topic", "Farming"),
    "anagrafe": pgettext_lazy("topic", "Population register"),
    "animale-domestico": pgettext_lazy("topic", "Pets"),
    "aria": pgettext_lazy("topic", "Air"),
    "assistenza-agli-invalidi": pgettext_lazy("topic", "Help for people with disabilities"),
    "assistenza-sociale": pgettext_lazy("topic", "Social care"),
    "associazioni": pgettext_lazy("topic", "Associations"),
    "bilancio": pgettext_lazy("topic", "Budget"),
    "commercio-al-minuto": pgettext_lazy("topic", "Retail trade"),
    "commercio-all-ingrosso": pgettext_lazy("topic", "Wholesale trade"),
    "commercio-ambulante": pgettext_lazy("topic", "Street trade"),
    "comunicazione-istituzionale": pgettext_lazy("topic", "Public communication"),
    "comunicazione-politica": pgettext_lazy("topic", "Political communication"),
    "concorsi": pgettext_lazy("topic", "Public competitions"),
    "covid-19": pgettext_lazy("topic", "Covid-19"),
    "elezioni": pgettext_lazy("topic", "Elections"),
    "energie-rinnovabili": pgettext_lazy("topic", "Renewable energy"),
    "estero": pgettext_lazy("topic", "Abroad"),
    "foreste": pgettext_lazy("topic", "Forests"),
    "formazione-professionale": pgettext_lazy("topic", "Vocational training"),
    "gemellaggi": pgettext_lazy("topic", "Town twinning"),
    "gestione-rifiuti": pgettext_lazy("topic", "Waste management"),
    "giustizia": pgettext_lazy("topic", "Justice"),
    "igiene-pubblica": pgettext_lazy("topic", "Public hygiene"),
    "immigrazione": pgettext_lazy("topic", "Immigration"),
    "imposte": pgettext_lazy("topic", "Duties and taxes"),
    "imprese": pgettext_lazy("topic", "Enterprises"),
    "inquinamento": pgettext_lazy("topic", "Pollution"),
    "integrazione-sociale": pgettext_lazy("topic", "Social integration"),
    "isolamento-termico": pgettext_lazy("topic", "Heat insulation"),
    "istruzione": pgettext_lazy("topic", "Schooling"),
    "lavoro": pgettext_lazy("topic", "Work"),
    "matrimonio": pgettext_lazy("topic", "Marriage"),
    "mercato": pgettext_lazy("topic", "Market"),
    "mobilita-sostenibile": pgettext_lazy("topic", "Sustainable mobility"),
    "morte": pgettext_lazy("topic", "Death"),
    "nascita": pgettext_lazy("topic", "Birth"),
    "parcheggi": pgettext_lazy("topic", "Car parks"),
    "patrimonio-culturale": pgettext_lazy("topic", "Cultural heritage"),
    "pesca": pgettext_lazy("topic", "Fishing"),
    "piano-di-sviluppo": pgettext_lazy("topic", "Development plan"),
    "pista-ciclabile": pgettext_lazy("topic", "Cycle path"),
    "pnrr": pgettext_lazy("topic", "National recovery plan (PNRR)"),
    "politica-commerciale": pgettext_lazy("topic", "Trade policy"),
    "polizia": pgettext_lazy("topic", "Police"),
    "prodotti-alimentari": pgettext_lazy("topic", "Food products"),
    "protezione-civile": pgettext_lazy("topic", "Civil protection"),
    "residenza": pgettext_lazy("topic", "Residence"),
    "risposta-alle-emergenze": pgettext_lazy("topic", "Emergency response"),
    "sistema-giuridico": pgettext_lazy("topic", "Legal system"),
    "spazio-verde": pgettext_lazy("topic", "Green areas"),
    "sport": pgettext_lazy("topic", "Sport"),
    "sviluppo-sostenibile": pgettext_lazy("topic", "Sustainable development"),
    "tassa-sui-servizi": pgettext_lazy("topic", "Fees for services"),
    "tempo-libero": pgettext_lazy("topic", "Leisure"),
    "trasparenza-amministrativa": pgettext_lazy("topic", "Transparency of the administration"),
    "trasporto-pubblico": pgettext_lazy("topic", "Public transport"),
    "turismo": pgettext_lazy("topic", "Tourism"),
    "urbanizzazione": pgettext_lazy("topic", "Urban development"),
    "viaggi": pgettext_lazy("topic", "Travel"),
    "zone-pedonali": pgettext_lazy("topic", "Pedestrian areas"),
    "ztl": pgettext_lazy("topic", "Limited traffic zones (ZTL)"),
}


def topic_name(slug: str) -> str:
    """A topic in words; its address when it is none of the model's."""
    return str(TOPICS.get(slug, slug))

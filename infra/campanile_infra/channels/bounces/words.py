"""Why a mail came back, from an enhanced status code (RFC 3463) or from the words that servers use."""

from __future__ import annotations

import enum
import re


class Kind(enum.StrEnum):
    """What a mail that came back means for the address."""

    HARD = "hard"
    """The address does not exist, or not any more: said so in a code or in words."""
    SOFT = "soft"
    """It was not delivered this time, and the address may live: full, refused for its content, nobody says why."""
    DELAYED = "delayed"
    """It is still being tried."""
    COMPLAINT = "complaint"
    """Whoever got it called it spam."""


_MAYBE = re.compile(
    r"""
    quota | mail\s?(box|folder|file)\s(is\s)?(full|space) | (is|mailbox)\sfull | space\snot\senough
    | over\s?size
    | too\s(large|big|many) | exceed | size\s(limit|exceeded) | maximum\b.{0,30}\bsize
    | insufficient\s(system\s)?storage
    | spam | unsolicited | blacklist | block(ed|\slist) | black\s?list | reputation | policy | prohibited
    | virus
    | (dmarc|spf|dkim)\b | content\sreject | banned | not\saccepting\smail\sfrom | authenti
    | relay(ing)?\s(access\s)?(denied|not) | unable\sto\srelay | loop(ing)?\b
    | time[d-]?\s?-?out | timed\sout | try\sagain | temporar | greylist | grey-list | too\sbusy | rate\slimit
    | throttl
    | connection\s(refused|reset) | not\sresponding | not\sreachable | could\snot\sconnect | establish\san\ssmtp
    | not\sbeen\scollected | name\sservice\serror | permission\sdenied | casella\spiena | piena
    """,
    re.IGNORECASE | re.VERBOSE,
)
_GONE = re.compile(
    r"""
    (user|recipient|mailbox|address(ee)?|account|name|person|alias|destinatario|utente|member)s?
        ['’”"]?\s(<[^>]*>\s?)?\(?[^\n.:;]{0,40}?
        (unknown|not\s(be\s)?(found|known|recogni[sz]ed|valid|listed|exist|active)|does(\snot|n'?t|n’t)\s(exist|have)|invalid
         |(is|has\sbeen|was)\s(no\slonger|disabled|deactivated|suspended|closed|terminated|discontinued|inactive|unknown)
         |no\slonger\s|disabled|inesistente|sconosciuto|non\sesiste|disabilitat|is\sunavailable:\suser|deactivated)
    | (unknown|no\ssuch|invalid|bad|illegal|inexistent|nonexistent|non-existent|wrong)
        \s(or\s\w+\s)?(\w+\s){0,3}?(user(id|s)?|recipient|mailbox|address(ee)?|account|name|person|domain|host|local\spart)\b
    | no\s(mailbox|user|account|one)\s(here\s)?(by|with|of)\s(that|this)\sname
    | not\sa\svalid\s(user|mailbox|recipient|address)
    | does\snot\sexist | doesn'?t\shave\sa\s\S+\saccount
    | no\slonger\s(valid|exists|available|works|with\b|on\sserver)
    | mailbox\sunavailable | mailbox\snot\savailable | unavailable\sor\snot\slocal | unrouteable\saddress
    | host\snot\sfound(?!,\stry)
    | domain\snot\sfound | nxdomain | null\smx | recipient\snot\sfound | not\slisted\sin | not\sour\scustomer
    | does\snot\shave\sa\sfinal\semail\sdelivery\spoint | did\snot\sexactly\smatch | fails\sto\slocate
    | unknown\s(or\sillegal\s)?(user|recipient|alias) | wrong\sor\sno\slonger\svalid | user\sunknown
    | n['’]existe\spas
    | non\srecens[ée] | utente\snon\strovato | indirizzo\s(inesistente|errato|non\svalido)
    | casella\s(inesistente|disattivata)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_GONE_CODES = {"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"}
"""No such mailbox, no such system, bad syntax, moved, no mail there (RFC 7505), disabled (RFC 3463, 3.2 and 3.3)."""
_MAYBE_CODES = {"2.2", "2.3", "3.1", "3.2", "3.4", "4.1", "4.2", "4.4", "4.5", "4.7"}
"""Full, too large, system full or busy, no answer, congestion, too old, and what policy refuses (`X.7.X`)."""


def code_in(text: str) -> str:
    """The last enhanced status code in a text, the one nearest to the recipient; empty when there is none."""
    found = _CODE.findall(text)
    return ".".join(found[-1]) if found else ""


def says_why(text: str) -> bool:
    """Whether a text gives a reason that is known here."""
    return bool(_MAYBE.search(text) or _GONE.search(text))


def kind_of(status: str, words: str) -> Kind:
    """What a refusal means. What the server says in words outweighs a general code (`5.0.0`, `5.7.1`); a doubt is for
    the address: only what says that it is gone is HARD.
    """
    detail = status.partition(".")[2]
    if status.startswith("4"):
        return Kind.SOFT
    if detail in _GONE_CODES and not re.search(r"quota|mailbox (is )?full", words, re.IGNORECASE):
        return Kind.HARD
    if detail in _MAYBE_CODES:
        return Kind.SOFT
    if _MAYBE.search(words):
        return Kind.SOFT
    return Kind.HARD if _GONE.search(words) else Kind.SOFT

"""CAP 1.2, for modules: messages, writing, reading, checking, signing."""

from campanile_infra.cap import messages
from campanile_infra.cap.areas import outline
from campanile_infra.cap.checking import Fault, check
from campanile_infra.cap.reading import NotCap, read
from campanile_infra.cap.signing import NotSigned, sign, verify
from campanile_infra.cap.writing import NotWritable, moment, write

__all__ = [
    "Fault",
    "NotCap",
    "NotSigned",
    "NotWritable",
    "check",
    "messages",
    "moment",
    "outline",
    "read",
    "sign",
    "verify",
    "write",
]

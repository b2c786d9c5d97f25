"""The verbs of reports, by room: taking in, moving, promises, routing, duplicates, following, telling, counting."""

from campanile_modules.reporting.services.categories import (
    category_choices,
    category_namer,
    put_first_categories,
)
from campanile_modules.reporting.services.intake import PRIVACY_VERSION, confirm, submit
from campanile_modules.reporting.services.moves import (
    answer,
    ask_citizen,
    assign,
    close,
    forward,
    hold,
    let_through,
    note,
    plan,
    reject,
    reopen,
    take_charge,
)
from campanile_modules.reporting.services.reading import may_read, readable, reader
from campanile_modules.reporting.services.upkeep import figures, purge

__all__ = [
    "PRIVACY_VERSION", "answer", "ask_citizen", "assign", "category_choices", "category_namer", "close", "confirm",
    "figures", "forward", "hold", "let_through", "may_read", "note", "plan", "purge", "put_first_categories",
    "readable", "reader", "reject", "reopen", "submit", "take_charge",
]  # fmt: skip

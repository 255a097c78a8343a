"""What the register's records are found by. Every writer puts it down: an action beside the facts, an import by
the same functions in its rows."""

from collections.abc import Iterable, Sequence

from anlan.lib import searching
from anlan.register.models import Enterprise, Site, SupervisedObject

FORMER_NAMES_AT_MOST = 10


def renamed(record: Enterprise | Site | SupervisedObject, name: str) -> None:
    """Give a record its name and keep the one it had."""
    record.former_names = former_names(record.former_names, record.name, name)
    record.name = name


def former_names(kept: Sequence[str], old: str, new: str) -> list[str]:
    """The names it had, the latest last, when it is called ``new`` instead of ``old``; one it takes again goes."""
    if not old or old == new:
        return list(kept)
    return [*(name for name in kept if name not in (old, new)), old][-FORMER_NAMES_AT_MOST:]


def enterprise_text(names: Iterable[str | None], numbers: Iterable[str | None]) -> str:
    """``names``: name, short name, former names; ``numbers``: codes, legal representative, phone, address."""
    return searching.search_text(filter(None, names), filter(None, numbers))


def enterprise_texts(names: Sequence[Sequence[str | None]], numbers: Sequence[Sequence[str | None]]) -> list[str]:
    """The same of many enterprises, column by column."""
    filled = [[[word or "" for word in column] for column in columns] for columns in (names, numbers)]
    return searching.search_texts(*filled)


def text_of_enterprise(enterprise: Enterprise) -> str:
    return enterprise_text(
        (enterprise.name, enterprise.short_name, *enterprise.former_names),
        (
            enterprise.unified_social_credit_code,
            enterprise.own_no,
            enterprise.legal_representative,
            enterprise.phone,
            enterprise.registered_address,
        ),
    )


def text_of_site(site: Site, people: Iterable[tuple[str, str]]) -> str:
    """``people``: the name and the phone of each who answers for the site."""
    return searching.search_text(
        (site.name, *site.former_names), (site.address, *(part for person in people for part in person))
    )


def text_of_object(found: SupervisedObject) -> str:
    return searching.search_text(
        (found.name, *found.former_names), (found.address, found.party_name, found.party_phone)
    )

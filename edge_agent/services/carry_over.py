"""Use cases: facts of a box that is switched off, carried to the store's other box in a file.

The file is lines of text: what it is of, then the stored bytes of one fact a line in hexadecimal,
then how many there were. A file that was cut short is refused. It may hold years: it is read twice,
line by line, first to see that it is whole.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
import json
import pathlib
from collections.abc import Iterator

from edge_agent.services.errors import CarriedFileError, CarriedForeignError
from edge_agent.store import history, journal
from edge_agent.store.database import write_transaction
from edge_agent.store.identity import Identity
from edge_agent.store.sqlite_library import Connection
from protos import codec
from protos.codec import MalformedFactError, NewerFactError
from retail_domain.trade.fact import Fact

FORMAT = "liushui-facts-1"
IMPORT_BLOCK_FACTS = 200
"""Facts a transaction: a till waits some 50 ms behind one."""


@dataclasses.dataclass(frozen=True, slots=True)
class CarriedOver:
    """What an import did."""

    written: int
    known: int
    """Were here already, by their identity."""


def export_unsent(
    db: Connection, identity: Identity, target: pathlib.Path, *, is_whole: bool
) -> int:
    """Write the facts that the hub did not acknowledge, or the whole journal, into a file.

    Whole it holds former epochs, too: a hub that was restored may lack facts of every one.

    Returns:
        How many.
    """
    tail = journal.read_tail(db)
    after = (0, 0) if is_whole else (tail.epoch, tail.durable_seq)
    heading = {"format": FORMAT, "store": identity.store, "box_id": identity.box_id}
    count = 0
    with target.open("x", encoding="ascii") as file:
        file.write(json.dumps(heading) + "\n")
        for body in history.iterate_bodies(db, *after):
            file.write(body.hex() + "\n")
            count += 1
        file.write(json.dumps({"facts": count}) + "\n")
    return count


def import_unsent(db: Connection, identity: Identity, source: pathlib.Path) -> CarriedOver:
    """Write the facts of a file that are not here yet, each with its identity and a new place.

    A repeat changes nothing; died half-way, a repeat does the rest.

    Raises:
        CarriedFileError: not such a file, or not all of it.
        CarriedForeignError: of another store.
    """
    count = _require_whole(identity, source)
    written, facts = 0, _iterate_facts(source)
    while block := list(itertools.islice(facts, IMPORT_BLOCK_FACTS)):
        with write_transaction(db):
            for fact in block:
                if journal.find_fact(db, fact.happening.fact_id) is None:
                    journal.append_fact(db, identity, fact.happening)
                    written += 1
    return CarriedOver(written, count - written)


def _require_whole(identity: Identity, source: pathlib.Path) -> int:
    """Look at all of a file; returns how many facts it holds.

    Raises:
        CarriedFileError, CarriedForeignError
    """
    path, stores = str(source), collections.Counter[str]()
    try:
        stores.update(fact.position.store for fact in _iterate_facts(source))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CarriedFileError(path=path, reason=str(error)) from error
    except (MalformedFactError, NewerFactError) as error:
        raise CarriedFileError(path=path, reason=str(error)) from error
    for store in stores:
        if store != identity.store:
            raise CarriedForeignError(path=path, store=store)
    return stores.total()


def _iterate_facts(source: pathlib.Path) -> Iterator[Fact]:
    """Facts of a file in its order.

    Raises:
        ValueError, KeyError, TypeError, MalformedFactError, NewerFactError: it is no such file, or
            not all of it.
    """
    with source.open(encoding="ascii") as file:
        if json.loads(next(file, ""))["format"] != FORMAT:
            raise ValueError("it is of another format")
        for count, line in enumerate(file):
            if line.startswith("{"):
                if json.loads(line)["facts"] == count and not file.read(1):
                    return
                break
            yield codec.decode_fact(bytes.fromhex(line))
    raise ValueError("it is not whole")

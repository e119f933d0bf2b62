"""Use cases: facts of a box that is switched off, carried to the store's other box in a file.

The file is lines of text: what it is of, then the stored bytes of one fact a line in hexadecimal,
then how many there were. A file that was cut short is refused.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib

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
    db: Connection, identity: Identity, target: pathlib.Path, *, is_whole_epoch: bool
) -> int:
    """Write the facts that the hub did not acknowledge, or all of this epoch, into a file.

    Returns:
        How many.
    """
    after_seq = 0 if is_whole_epoch else journal.read_tail(db).durable_seq
    heading = {"format": FORMAT, "store": identity.store, "box_id": identity.box_id}
    count = 0
    with target.open("x", encoding="ascii") as file:
        file.write(json.dumps(heading) + "\n")
        for body in history.iterate_bodies(db, after_seq):
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
    facts = _read_file(identity, source)
    written = 0
    for start in range(0, len(facts), IMPORT_BLOCK_FACTS):
        with write_transaction(db):
            for fact in facts[start : start + IMPORT_BLOCK_FACTS]:
                if journal.find_fact(db, fact.happening.fact_id) is None:
                    journal.append_fact(db, identity, fact.happening)
                    written += 1
    return CarriedOver(written, len(facts) - written)


def _read_file(identity: Identity, source: pathlib.Path) -> list[Fact]:
    path = str(source)
    try:
        first, *bodies, last = source.read_text(encoding="ascii").splitlines()
        heading, ending = json.loads(first), json.loads(last)
        is_ours = heading["format"] == FORMAT and ending["facts"] == len(bodies)
        facts = [codec.decode_fact(bytes.fromhex(body)) for body in bodies]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CarriedFileError(path=path, reason=str(error)) from error
    except (MalformedFactError, NewerFactError) as error:
        raise CarriedFileError(path=path, reason=str(error)) from error
    if not is_ours:
        raise CarriedFileError(path=path, reason="it is not whole")
    for store in {heading["store"], *(fact.position.store for fact in facts)}:
        if store != identity.store:
            raise CarriedForeignError(path=path, store=store)
    return facts

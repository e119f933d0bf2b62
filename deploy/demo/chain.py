"""The programs of a demo's chain: broker, hub and boxes; and how far they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from deploy.broker.broker_command import BrokerKind
from deploy.demo.configs import make_boxes_command, make_broker, make_hub_command
from deploy.demo.errors import PortTakenError
from deploy.demo.hub_set_up import find_database
from deploy.demo.layout import DemoFolder, Ports
from deploy.demo.programs import Program, Troupe, find_taken_ports, is_listening
from deploy.demo.progress import Progress, read_progress
from hq_hub.reports.checks import read_fact_counts
from hq_hub.store.engine import open_read_engine, read_transaction

STALL_S = 180.0
"""Nothing moved for so long: longer than any restart with its pause on a busy machine."""
BROKER, HUB, BOXES = "broker", "hub", "boxes"


class Chain:
    """Starts the programs of one folder and looks after them."""

    def __init__(
        self,
        folder: DemoFolder,
        ports: Ports,
        broker: BrokerKind | None,
        tell: Callable[[str], None],
    ) -> None:
        """Prepare; nothing is started.

        Args:
            folder: of the demo, set up before the hub is started.
            ports: of the programs.
            broker: None takes the best one that is installed.
            tell: shows people what dies and comes back.

        Raises:
            PortTakenError: another program listens on one of the ports.
        """
        taken = find_taken_ports(ports.all)
        if taken:
            raise PortTakenError(ports=", ".join(map(str, taken)))
        self.folder, self.ports = folder, ports
        self.troupe = Troupe(tell)
        self._broker = broker

    @property
    def database_url(self) -> str:
        """The hub's database."""
        return find_database(self.folder)

    def start(self, name: str, kind: str, command: Sequence[str]) -> None:
        """Start a program and keep it running."""
        self.troupe.start(Program(name, kind, tuple(command), self.folder.log(name)))

    def start_broker(self) -> None:
        """Start the broker and wait until it listens.

        Raises:
            BrokerMissingError: there is none.
        """
        command = make_broker(self.folder, self.ports.mqtt, self._broker)
        self.start(BROKER, BROKER, command)
        self.wait_for_port(BROKER, self.ports.mqtt)

    def start_hub(self) -> None:
        """Start the hub and wait until it listens."""
        self.start(HUB, HUB, make_hub_command(self.folder))
        self.wait_for_port(HUB, self.ports.hub_http)

    def start_boxes(self, until_ms: int | None = None) -> None:
        """Start the process of many boxes."""
        self.start(BOXES, "box", make_boxes_command(self.folder, self.ports, until_ms))

    def wait_for_port(self, name: str, port: int) -> None:
        """Wait until a program listens."""
        self.troupe.wait_until(f"start of {name}", STALL_S, lambda: is_listening(port))

    def progress(self) -> Progress:
        """How far the boxes are; nothing before the process that runs now has said something."""
        said = read_progress(self.folder)
        return said if said.pid == self.troupe.pid(BOXES) else Progress(0)

    def count_waiting(self) -> int:
        """Facts that the hub keeps and has not looked at."""
        engine = open_read_engine(self.database_url)
        try:
            with read_transaction(engine) as db:
                return read_fact_counts(db).waiting
        finally:
            engine.dispose()

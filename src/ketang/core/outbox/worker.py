"""The worker: number what was committed, run what comes round, deliver what is due. Any number of them
may run on any number of hosts against one database."""

import os
import secrets
import socket
from threading import Event

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connections

from ketang.core.outbox import claims, periodic, rules
from ketang.core.outbox.delivery import Clock, deliver
from ketang.core.outbox.errors import describe
from ketang.core.outbox.types import Message
from ketang.core.sequence import sequencers
from ketang.kernel.clock import now
from ketang.kernel.errors import KetangError

log = structlog.get_logger("ketang.outbox")
IDLE_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10.0


class Worker:
    """``stop`` ends it after the message in hand. ``strict`` raises the first error, for tests."""

    def __init__(self, stop: Event | None = None, clock: Clock = now, *, strict: bool = False) -> None:
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.stop = stop or Event()
        self.clock = clock
        self.strict = strict

    def run(self, *, once: bool = False) -> None:
        """Work until ``stop``, or with ``once`` until nothing is due. Outlives a database that goes away."""
        failures = 0
        while not self.stop.is_set():
            try:
                busy = self.round()
                failures = 0
            except (OperationalError, InterfaceError) as error:
                if once:
                    raise
                failures += 1
                self._wait_for_database(error, failures)
                continue
            if once and not busy:
                return
            if not busy:
                self.stop.wait(IDLE_SECONDS)

    def round(self) -> int:
        """One look at everything; returns how much there was to do."""
        return self._sequence() + periodic.run_due(self.name) + self.work_off()

    def drain_round(self) -> int:
        """Without the periodic jobs; a failing sequencer is the test's business too."""
        for run in sequencers().values():
            run()
        return self.work_off()

    def _sequence(self) -> int:
        """A chain that cannot be sealed must not hold up the cases."""
        placed = 0
        for name, run in sequencers().items():
            try:
                placed += run()
            except (OperationalError, InterfaceError):
                raise
            except (DatabaseError, KetangError) as error:
                log.error("sequencer stopped", name=name, error=describe(error))
        return placed

    def work_off(self) -> int:
        """Claim one batch and deliver it; returns how many messages were tried."""
        claimed_at = self.clock()
        todo = claims.claim(self.name, claimed_at)
        tried, done = len(todo), list[Message]()
        try:
            while todo and not self.stop.is_set():
                if self.clock() - claimed_at > rules.LEASE / 3:
                    claimed_at = self.clock()
                    claims.hold(todo, self.name, claimed_at)
                message = todo.pop(0)
                if self._deliver(message):
                    done.append(message)
        finally:
            claims.finish(done, self.clock())
            claims.give_back(todo, self.name, self.clock())
        return tried

    def _deliver(self, message: Message) -> bool:
        try:
            deliver(message, self.clock)
        except Exception as error:
            about = {"topic": message.topic, "id": message.id, "attempt": message.attempt}
            dead = claims.fail(message, self.name, describe(error), self.clock())
            log.warning("message failed", dead=dead, error=type(error).__name__, **about)
            if self.strict:
                raise
            return False
        return True

    def _wait_for_database(self, error: Exception, failures: int) -> None:
        log.error("database unavailable", error=type(error).__name__, failures=failures)
        connections.close_all()
        self.stop.wait(min(LONGEST_WAIT_SECONDS, 0.5 * 2**failures))

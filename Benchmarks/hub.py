#!/usr/bin/env python3
"""Measures a hub over loopback HTTP: hub.py ARCHIVECTL [CLIENTS]

Idle syncs a second with CLIENTS (64) connections at once, then the memory that a hub takes while 100 MB are pushed and
cloned by several clients at once. Segments are made here: a hub does not look into their payloads.
"""
import hashlib
import json
import os
import pathlib
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time

ARCHIVECTL = os.path.realpath(sys.argv[1])
CLIENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 64
SECONDS = float(os.environ.get("SECONDS_OF_LOAD", "5"))
MEGABYTE = 1_000_000


def row(what, value, goal=""):
    print(f"{what:<58} {value:>22}   {goal}", flush=True)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode() + b"\n"


class Log:
    """The log of a replica that does not exist, as segments of random bytes."""

    def __init__(self, archive):
        self.archive, self.replica, self.last, self.chain = archive, os.urandom(16).hex(), 0, "0" * 64

    def segment(self, size):
        payload = os.urandom(size)
        chain = os.urandom(32).hex()
        header = {
            "archive": self.archive, "replica": self.replica, "first": self.last + 1, "last": self.last + 1, "previous": self.chain,
            "chain": chain, "codec": "zstd", "format": 1, "length": size, "sha256": hashlib.sha256(payload).hexdigest(),
        }
        self.last, self.chain = self.last + 1, chain
        return canonical(header) + payload


class Hub:
    def __init__(self, folder):
        self.store = folder / "store"
        created = json.loads(subprocess.run(
            [ARCHIVECTL, "hub", "create", "essays", "--store", str(self.store), "--json"], check=True, capture_output=True).stdout)
        self.token, self.path = created["token"], created["path"]
        ready = folder / "ready"
        self.process = subprocess.Popen(
            [ARCHIVECTL, "hub", "serve", "--store", str(self.store), "--listen", "127.0.0.1:0", "--ready-file", str(ready), "--quiet"])
        while not ready.exists():
            time.sleep(0.02)
        self.port = int(ready.read_text().strip().rsplit(":", 1)[1])

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port))

    def request(self, body, length=None):
        return (f"POST {self.path}/sync HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {self.token}\r\n"
                f"Content-Length: {length or len(body)}\r\n\r\n").encode() + body

    def sync(self, body, connection=None):
        """One exchange: the response line and how many bytes followed it."""
        connection = connection or self.connect()
        connection.sendall(self.request(body))
        reader = connection.makefile("rb")
        status = int(reader.readline().split()[1])
        length = 0
        while (line := reader.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert status == 200, (status, reader.read(length))
        line = reader.readline()
        rest, positions = length - len(line), {}
        while rest:
            header = reader.readline()
            fields = json.loads(header)
            taken = 0
            while taken < fields["length"]:
                taken += len(reader.read(min(1 << 16, fields["length"] - taken)))
            positions[fields["replica"]] = fields["last"]
            rest -= len(header) + taken
        return json.loads(line), positions, length

    def memory(self):
        """Peak resident MB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
        return 0

    def stop(self):
        self.process.terminate()
        return self.process.wait()


def idle(hub, archive):
    """Keep-alive connections that each send the next idle sync when the last is answered."""
    digest = hub.sync(canonical({"archive": archive}))[0]["digest"]
    request = hub.request(canonical({"archive": archive, "seen": digest}))
    selector = selectors.DefaultSelector()
    for _ in range(CLIENTS):
        connection = hub.connect()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request)
        selector.register(connection, selectors.EVENT_READ, [time.perf_counter()])
    done, failed, waits, start = 0, 0, [], time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for key, _ in selector.select(1):
            answer = key.fileobj.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200"):
                failed += 1
            now = time.perf_counter()
            waits.append(now - key.data[0])
            key.data[0] = now
            done += 1
            key.fileobj.sendall(request)
    rate = done / (time.perf_counter() - start)
    waits.sort()
    row(f"idle syncs a second, {CLIENTS} clients", f"{rate:.0f}", "goal ≥ 500")
    row("  median and 99th percentile, ms", f"{1000 * waits[len(waits) // 2]:.1f}, {1000 * waits[len(waits) * 99 // 100]:.1f}")
    row("  failed", str(failed), "goal 0")


def at_once(count, work):
    errors = []

    def guarded(number):
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001: every failure counts
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def bulk(hub, archive):
    def push(_):
        log = Log(archive)
        connection = hub.connect()
        for _ in range(3):
            hub.sync(canonical({"archive": archive, "budget": 1, "vector": {log.replica: 9}}) + log.segment(4 << 20), connection)

    def clone(_):
        held, more, total = {}, True, 0
        connection = hub.connect()
        while more:
            answer, positions, length = hub.sync(canonical({"vector": held, "budget": 16 << 20} if held else {}), connection)
            held.update(positions)
            more, total = "more" in answer, total + length
        assert total > 100 * MEGABYTE, total

    start = time.perf_counter()
    errors = at_once(8, push)
    row("100 MB pushed by 8 clients at once, seconds", f"{time.perf_counter() - start:.1f}")
    row("  hub, peak memory, MB", f"{hub.memory():.0f}")
    start = time.perf_counter()
    errors += at_once(16, clone)
    row("cloned by 16 clients at once, seconds", f"{time.perf_counter() - start:.1f}")
    row("  failed", str(len(errors)), "goal 0")
    for error in errors[:3]:
        print(repr(error), file=sys.stderr)
    row("hub, peak memory, MB", f"{hub.memory():.0f}", "goal ≤ 100")


def main():
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(pathlib.Path(folder))
        archive = os.urandom(16).hex()
        try:
            log = Log(archive)
            hub.sync(canonical({"archive": archive}) + log.segment(1000))
            idle(hub, archive)
            row("  hub, peak memory, MB", f"{hub.memory():.0f}")
            bulk(hub, archive)
        finally:
            row("stops on SIGTERM with status", str(hub.stop()), "goal 0")


main()

#!/usr/bin/env python3
"""Measures what years of use and hostile input cost: growth.py ARCHIVECTL [ROW…]

Segments, logs and entries are made here, so that there can be any number of them; each row is measured at n, 2 n and 4 n, and
what is linear takes twice as long each time. Rows: chain, waiting, interleaved, folder, logs, hubstart, entry, annotations, versions,
samecharacter, essays, again, edits. ESSAYS says how many essays the row `essays` has at most (40,000).
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import bench
import growth_archive

ARCHIVECTL = os.path.realpath(sys.argv[1])
ROWS = sys.argv[2:] or ["chain", "waiting", "interleaved", "folder", "logs", "hubstart", "entry", *growth_archive.ROWS]
ZEROS = "0" * 64


def row(what, value, goal=""):
    print(f"{what:<66} {value:>26}   {goal}", flush=True)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data):
    return hashlib.sha256(data).digest()


def frame(content):
    """A zstd frame of raw blocks (RFC 8878)."""
    blocks = [content[at:at + 100_000] for at in range(0, len(content), 100_000)] or [b""]
    out = bytes.fromhex("28b52ffd0058")
    for number, block in enumerate(blocks):
        out += (len(block) << 3 | (number == len(blocks) - 1)).to_bytes(3, "little") + block
    return out


def zeros_frame(head, count, tail):
    """The same of a head, so many zero bytes in blocks that say so, and a tail."""
    out = bytes.fromhex("28b52ffd0058") + (len(head) << 3).to_bytes(3, "little") + head
    while count:
        part = min(count, 100_000)
        out += (part << 3 | 2).to_bytes(3, "little") + b"\0"
        count -= part
    return out + (len(tail) << 3 | 1).to_bytes(3, "little") + tail


def essay(title, item=None, parents=()):
    fields = {"fields": {"title": title}, "kind": "essay", "v": 1}
    if item:
        fields.update(item=item, parents=sorted(parents))
    return canonical(fields)


class Log:
    """A log whose entries are put into segments in a folder, as a remote or a hub's store has it."""

    def __init__(self, archive, replica=None):
        self.archive, self.replica = archive, replica or os.urandom(16).hex()
        self.last, self.chain, self.name = 0, bytes(32), None

    def segment(self, entries, payload=None):
        previous, first = self.chain, self.last + 1
        for entry in entries:
            self.chain = sha256(self.chain + sha256(entry))
            self.last += 1
        if payload is None:
            payload = frame(b"".join(
                canonical({"bytes": len(entry), "kind": "revision", "recorded": 1}) + b"\n" + entry + b"\n" for entry in entries))
        digest = sha256(payload).hex()
        header = canonical({
            "archive": self.archive, "replica": self.replica, "first": first, "last": self.last, "previous": previous.hex(),
            "chain": self.chain.hex(), "codec": "zstd", "format": 1, "length": len(payload), "sha256": digest})
        self.name = f"{first:016}-{self.last:016}-{self.chain.hex()}-{digest}"
        return header + b"\n" + payload

    def put(self, folder, entries, payload=None):
        data = self.segment(entries, payload)
        place = folder / "log" / self.replica
        place.mkdir(parents=True, exist_ok=True)
        (place / self.name).write_bytes(data)

    def head(self, folder):
        place = folder / "heads" / self.replica
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        (place / self.name).write_bytes(b"")


class Work:
    """An archive with a folder to synchronize with."""

    def __init__(self, base, name):
        self.base, self.file, self.folder = base, base / f"{name}.db", base / f"{name}.remote"
        self.folder.mkdir()
        self.run("init")
        self.run("remote", "add", "f", self.folder, "--create")
        self.archive = json.loads(self.run("status", "--json", keep=True).output)["archive"]

    def run(self, *arguments, **options):
        return bench.run(ARCHIVECTL, "--archive", self.file, *arguments, **options)

    def sync(self, remote="f", fails=False):
        return self.run("sync", remote, "--quiet", fails=fails)

    def check(self, essays):
        counted = json.loads(self.run("status", "--json", keep=True).output)["essays"]
        assert counted == essays, f"{counted} essays, not {essays}"


def series(what, sizes, measure, before, goal=2.5):
    """Measures at each size, and prints the seconds and how the last two compare."""
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            costs.append(measure(pathlib.Path(folder), size))
    times = [cost.wall for cost in costs]
    row(f"{what}: {' / '.join(map(str, sizes))}", " / ".join(f"{t:.2f}" for t in times) + " s", f"before {before}")
    row("  the last against the one before", f"{times[-1] / times[-2]:.1f} ×", f"goal ≤ {goal} × (linear: 2 ×)")
    row("  peak memory, MB", f"{costs[-1].peak:.0f}")


def versions(count, item=None, parent=None):
    """Versions of an essay, each resting on the one before; the first is its root if no item is given."""
    entries = []
    for number in range(count):
        entries.append(essay(f"第{number}版", item, [parent] if parent else []))
        parent = sha256(entries[-1]).hex()
        item = item or parent
    return entries


def chain(base, count):
    """One log of so many segments of one entry, whose first rests on what comes in the last log."""
    work = Work(base, f"c{count}")
    entries = versions(count + 1)
    log, other = Log(work.archive, "0" * 31 + "1"), Log(work.archive, "f" * 32)
    for entry in entries[1:]:
        log.put(work.folder, [entry])
    other.put(work.folder, entries[:1])
    for one in (log, other):
        one.head(work.folder)
    cost = work.sync()
    work.check(1)
    return cost


def waiting(base, count):
    """So many logs of one entry, each of which rests on the log that is read after it."""
    work = Work(base, f"w{count}")
    for number, entry in enumerate(versions(count)):
        log = Log(work.archive, f"{count - number:032x}")
        log.put(work.folder, [entry])
        log.head(work.folder)
    cost = work.sync()
    work.check(1)
    return cost


def interleaved(base, count):
    """Two logs whose entries rest on each other in turns."""
    work = Work(base, f"i{count}")
    root = essay("根")
    item, parent, halves = sha256(root).hex(), sha256(root).hex(), ([root], [])
    for number in range(1, 2 * count):
        halves[number % 2].append(essay(f"第{number}版", item, [parent]))
        parent = sha256(halves[number % 2][-1]).hex()
    for number, entries in enumerate(halves):
        log = Log(work.archive, f"{2 - number:032x}")
        log.put(work.folder, entries)
        log.head(work.folder)
    cost = work.sync()
    work.check(1)
    return cost


def folder(base, count):
    """A folder of so many segments of one edit: the first sync is a row of its own, then one new entry comes."""
    work = Work(base, f"f{count}")
    entries, log = [essay(f"第{number}篇") for number in range(count + 2)], Log(work.archive)
    for entry in entries[:count]:
        log.put(work.folder, [entry])
    log.head(work.folder)
    first = work.sync()
    row(f"  first sync of {count} segments of one edit", f"{first.wall:.2f} s, {first.peak:.0f} MB")
    for entry in entries[count:]:
        log.put(work.folder, [entry])
    log.head(work.folder)
    cost = work.sync()
    work.check(count + 2)
    return cost


class Hub:
    def __init__(self, base, name="essays"):
        self.store = base / "store"
        created = json.loads(bench.run(ARCHIVECTL, "hub", "create", name, "--store", self.store, "--json", keep=True).output)
        self.path, self.token = created["path"], base / "token"
        self.token.write_text(created["token"])
        self.ready = base / "ready"

    def serve(self):
        self.process = subprocess.Popen(
            [ARCHIVECTL, "hub", "serve", "--store", str(self.store), "--listen", "127.0.0.1:0", "--ready-file", str(self.ready), "--quiet"])
        while not self.ready.exists():
            time.sleep(0.02)
        self.url = self.ready.read_text().strip() + self.path

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.ready.unlink()


def logs(base, count):
    """So many logs of one entry: taken from a folder, pushed to a hub and to a folder, cloned from both; idle; one edit."""
    base = base / f"l{count}"
    base.mkdir()
    work = Work(base, "a")
    for number in range(count):
        log = Log(work.archive)
        log.put(work.folder, [essay(f"第{number}篇")])
        log.head(work.folder)
    costs = [("from a folder", work.sync())]
    work.check(count)
    hub = Hub(base)
    hub.serve()
    try:
        work.run("remote", "add", "h", hub.url, "--token-file", hub.token)
        (base / "g").mkdir()
        work.run("remote", "add", "g", base / "g", "--create")
        costs.append(("to a hub", work.sync("h")))
        costs.append(("to a folder", work.sync("g")))
        clone = lambda name, *place: bench.run(ARCHIVECTL, "--archive", base / name, "clone", *place, "--quiet")
        costs.append(("clone from a hub", clone("b.db", hub.url, "--token-file", hub.token)))
        costs.append(("clone from a folder", clone("c.db", base / "g")))
        costs.append(("idle", work.sync("h")))
        work.run("new", "--title", "新", "--from", "-", stdin="一句话。".encode())
        costs.append(("one edit to a hub", work.sync("h")))
        costs.append(("one edit from a hub", bench.run(ARCHIVECTL, "--archive", base / "b.db", "sync", "--quiet")))
    finally:
        hub.stop()
    return costs


def many_logs(sizes):
    with tempfile.TemporaryDirectory() as folder:
        measured = [dict(logs(pathlib.Path(folder), size)) for size in sizes]
    for what in measured[0]:
        times = [costs[what].wall for costs in measured]
        row(f"logs of one entry, {what}: {' / '.join(map(str, sizes))}", " / ".join(f"{t:.2f}" for t in times) + " s",
            "before: fails from 9,900 on" if what == "from a folder" else "")


def hub_start(base, count):
    """A hub that opens an archive of so many segments, ten to a log."""
    base = base / f"h{count}"
    base.mkdir()
    hub, archive = Hub(base), os.urandom(16).hex()
    place, lines = hub.store / "essays", []
    made = [Log(archive) for _ in range(count // 10)]
    for _ in range(10):
        for log in made:
            log.put(place, [os.urandom(8)], b"x")
            lines.append(f"{log.replica}/{log.name}\n")
    (place / "index").write_text("".join(lines))
    hub.serve()
    try:
        start = time.perf_counter()
        # All that the hub does before its first answer is to open the archive.
        digest = subprocess.run(
            ["curl", "-sS", "--noproxy", "*", "-H", f"Authorization: Bearer {hub.token.read_text()}", "--data-binary", "{\"budget\":0}\n", hub.url + "/sync"],
            check=True, capture_output=True).stdout
        wall = time.perf_counter() - start
        assert b"digest" in digest, digest
        peak = [int(line.split()[1]) / 1024 for line in pathlib.Path(f"/proc/{hub.process.pid}/status").read_text().splitlines() if line.startswith("VmHWM")]
    finally:
        hub.stop()
    return bench.Cost(wall, 0, peak[0])


def long_entry(count):
    """One entry of an unknown kind, so many bytes long when it is unpacked."""
    with tempfile.TemporaryDirectory() as base:
        work = Work(pathlib.Path(base), "e")
        log = Log(work.archive)
        head = canonical({"bytes": count, "kind": "later", "recorded": 1}) + b"\n"
        log.put(work.folder, [b"\0"], zeros_frame(head, count, b"\n"))
        log.head(work.folder)
        cost = work.sync(fails=True)
        row(f"an entry of unknown kind, {count >> 20} MiB, in {os.path.getsize(next((work.folder / 'log').glob('*/*'))) >> 10} kB: refused",
            f"{cost.wall:.2f} s, {cost.peak:.0f} MB", "before 30 s, 5700 MB, and kept")


def main():
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(XDG_STATE_HOME=home + "/state", HOME=home, USER="bench")
        if "chain" in ROWS:
            series("segments of one entry that wait for what comes last", (1000, 2000, 4000), chain, "2.9 / 9.8 / 33.7 s")
        if "waiting" in ROWS:
            series("logs of one entry that wait for each other", (500, 1000, 2000), waiting, "23 / 112 / – s")
        if "interleaved" in ROWS:
            series("two logs in turns, entries of each", (5000, 10000, 20000), interleaved, "– / – / 55 s")
        if "folder" in ROWS:
            series("a folder of so many segments, two new ones", (8000, 16000, 32000), folder, "– / – / 5.8 s")
        if "logs" in ROWS:
            many_logs((2750, 5500, 11000))
        if "hubstart" in ROWS:
            series("a hub opens an archive of so many segments", (12500, 25000, 50000), hub_start, "– / – / 41 s")
        if "entry" in ROWS:
            long_entry(250 << 20)
        growth_archive.measure(ARCHIVECTL, ROWS, row)


main()

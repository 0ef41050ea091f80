#!/usr/bin/env python3
"""Damages files at random, and looks at what archivectl makes of them.

    damage.py BINARY [--runs N] [--seed S]

Each run copies an archive, its write-ahead log, its search index, a backup, a folder remote and a hub's store, damages one of
these files, and runs commands on it. What must hold:

- no command ends by a signal or a failed precondition, none takes longer than a minute;
- `show` and `export-source` print the right bytes or fail with status 65 or another that is documented;
- `verify` ends with a list, and finds damage wherever another command met it.

A run is given by its seed, which is printed when something is wrong: `--seed S --runs 1` repeats it.
"""
import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

PAGE = 16384
STATUSES = {0, 1, 2, 64, 65, 66, 69, 73, 75, 77}
CRASHES = ("Fatal error", "Illegal instruction", "Current stack trace", "Crash")


class Failed(Exception):
    pass


class World:
    """The files as they are before damage."""

    def __init__(self, binary, root):
        self.binary, self.root = binary, root
        self.environment = dict(os.environ, HOME=root, XDG_STATE_HOME=root + "/state", XDG_DATA_HOME=root + "/data",
                                ARCHIVECTL_AUTHOR="甲", SWIFT_BACKTRACE="enable=no", NO_COLOR="1")
        self.folder = root + "/sound"
        os.makedirs(self.folder)
        self.texts = {}
        self.originals = set()
        self.make()

    def run(self, *arguments, cwd=None, data=None, timeout=60):
        try:
            return subprocess.run([self.binary, *arguments], cwd=cwd or self.folder, env=self.environment, input=data,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise Failed("%s takes longer than %d s" % (" ".join(arguments), timeout))

    def must(self, *arguments, **options):
        result = self.run(*arguments, **options)
        if result.returncode not in (0, 2):
            raise Failed("%s: %s" % (" ".join(arguments), result.stderr.decode()))
        return result.stdout

    def make(self):
        dice = random.Random(7)
        sources = self.folder + "/in"
        os.makedirs(sources)
        for number in range(40):
            text = "关于第%d号事项的说明\n\n" % number + "".join(
                "一、第%d项，%s。\n" % (part, "".join(dice.choice("推进落实改革发展建设管理服务社区读书山水") for _ in range(60)))
                for part in range(dice.choice((1, 3, 30))))
            with open("%s/%02d.txt" % (sources, number), "w") as file:
                file.write(text)
            self.originals.add(text.encode())
        self.must("init", "--archive", "a.db")
        self.must("import", "--archive", "a.db", "-q", "in")
        os.makedirs(self.folder + "/remote")
        self.must("remote", "add", "stick", "remote", "--create", "--archive", "a.db")
        essays = [essay["id"] for essay in json.loads(self.must("list", "--json", "--archive", "a.db"))]
        for number, essay in enumerate(essays):
            text = self.must("show", essay, "--archive", "a.db")
            for version in range(number % 5):
                text += ("补记第%d条。\n" % version).encode()
                self.must("edit", essay, "--from", "-", "--archive", "a.db", data=text)
        self.must("annotate", essays[0], "--start", "2", "--end", "5", "--note", "注", "--archive", "a.db")
        self.must("tag", essays[1], "待议", "--archive", "a.db")
        self.must("delete", essays[2], "--archive", "a.db")
        self.must("sync", "--archive", "a.db")
        self.make_hub()
        self.must("search", "改革", "--archive", "a.db")
        self.must("backup", "b.db", "--archive", "a.db")
        # A log that is not in the file yet: somebody else has the archive open.
        other = sqlite3.connect(self.folder + "/a.db")
        other.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        self.must("new", "--title", "新的一篇", "--from", "-", "--archive", "a.db", data="一、在日志里的一篇。\n".encode() * 50)
        for name in ("a.db", "a.db-wal"):
            shutil.copy("%s/%s" % (self.folder, name), "%s/copy-%s" % (self.folder, name))
        other.close()
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.folder + "/a.db" + suffix):
                os.unlink(self.folder + "/a.db" + suffix)
        os.rename(self.folder + "/copy-a.db", self.folder + "/a.db")
        os.rename(self.folder + "/copy-a.db-wal", self.folder + "/a.db-wal")
        self.remember()

    def make_hub(self):
        with open(self.folder + "/token", "wb") as file:
            made = json.loads(self.must("hub", "create", "essays", "--store", "store", "--json"))
            file.write(made["token"].encode())
        with Hub(self, self.folder) as hub:
            self.must("remote", "add", "hub", hub.url + "/v1/archives/essays", "--token-file", "token", "--archive", "a.db")
            self.must("sync", "hub", "--archive", "a.db")

    def remember(self):
        """Every text of every version, by essay."""
        folder = self.root + "/reading"
        shutil.copytree(self.folder, folder)
        for essay in json.loads(self.must("list", "--json", "--deleted", "--archive", "a.db", cwd=folder)):
            versions = json.loads(self.must("log", essay["id"], "--json", "--archive", "a.db", cwd=folder))
            self.texts[essay["id"]] = {
                str(version["version"]): self.must("show", essay["id"], "--version", str(version["version"]), "--archive", "a.db", cwd=folder)
                for version in versions}
        shutil.rmtree(folder)


class Hub:
    """A hub that serves the store of a folder on a free port."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder

    def __enter__(self):
        ready = self.folder + "/ready"
        self.process = subprocess.Popen(
            [self.world.binary, "hub", "serve", "--store", "store", "--listen", "127.0.0.1:0", "--ready-file", ready, "-q"], cwd=self.folder,
            env=self.world.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(600):
            if os.path.exists(ready) or self.process.poll() is not None:
                break
            time.sleep(0.05)
        # A hub may refuse to serve a damaged store.
        self.url = open(ready).read().strip() if os.path.exists(ready) else "http://127.0.0.1:9"
        return self

    def __exit__(self, *_):
        if os.path.exists(self.folder + "/ready"):
            os.unlink(self.folder + "/ready")
        self.process.terminate()
        try:
            self.errors = self.process.communicate(timeout=20)[1].decode(errors="replace")
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed("the hub does not stop")
        if self.process.returncode not in STATUSES | {-15} or any(word in self.errors for word in CRASHES):
            raise Failed("the hub ended with %d: %s" % (self.process.returncode, self.errors[-2000:]))


def damage(path, dice):
    """Damages a file in one of several ways; returns how, in words."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    if not data:
        return "nothing, it is empty"
    kind = dice.choice(("flip", "flip", "bytes", "bytes", "type", "type", "cut", "zero", "swap"))
    place = dice.randrange(len(data))
    if kind == "flip":
        data[place] ^= 1 << dice.randrange(8)
    elif kind == "bytes":
        data[place:place + 64] = dice.randbytes(min(64, len(data) - place))
    elif kind == "type":
        # Types of values stand in small bytes before them.
        small = [index for index in range(place, min(place + 4096, len(data))) if data[index] < 64]
        place = dice.choice(small) if small else place
        data[place] = dice.choice((0, 1, 5, 6, 7, 8, 9, 12, 13, 44, 45, 76, 77, 128, 255))
    elif kind == "cut":
        del data[place:]
    elif kind == "zero":
        start = place // PAGE * PAGE
        data[start:start + PAGE] = bytes(min(PAGE, len(data) - start))
    else:
        one, two = place // PAGE * PAGE, dice.randrange(len(data)) // PAGE * PAGE
        first, second = data[one:one + PAGE], data[two:two + PAGE]
        if len(first) == len(second):
            data[one:one + PAGE], data[two:two + PAGE] = second, first
    with open(path, "wb") as file:
        file.write(data)
    return "%s at %d of %s" % (kind, place, os.path.basename(path))


class Run:
    def __init__(self, world, seed, root):
        self.world, self.seed, self.folder = world, seed, "%s/run-%d" % (root, seed)
        self.dice = random.Random(seed)
        self.met = []

    def command(self, *arguments, **options):
        result = self.world.run(*arguments, cwd=self.folder, **options)
        errors = result.stderr.decode(errors="replace")
        if result.returncode not in STATUSES or any(word in errors for word in CRASHES):
            raise Failed("%s ended with %d: %s" % (" ".join(arguments), result.returncode, errors[-2000:]))
        if result.returncode == 1 and "no space" not in errors and arguments[0] != "sync":
            self.met.append("%s: 1 %s" % (arguments[0], errors.strip()[:200]))
        return result

    def all(self):
        shutil.copytree(self.world.folder, self.folder)
        try:
            target = self.dice.choice(("a.db", "a.db", "a.db", "a.db-wal", "a.db.search", "b.db", "remote", "store"))
            what = damage(self.choose(target), self.dice)
            try:
                {"b.db": self.backup, "remote": self.remote, "store": self.store}.get(target, self.archive)()
            except Failed as failure:
                raise Failed("seed %d: %s: %s" % (self.seed, what, failure))
            return what
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def choose(self, target):
        path = "%s/%s" % (self.folder, target)
        if os.path.isfile(path):
            return path
        files = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
        return self.dice.choice([file for file in files if os.path.getsize(file) > 0])

    def verify(self, file):
        result = self.command("verify", "--json", "--archive", file)
        if result.returncode == 65:
            return True
        if result.returncode not in (0, 2):
            raise Failed("verify ends with %d: %s" % (result.returncode, result.stderr.decode()[-500:]))
        report = json.loads(result.stdout)
        if report["ok"] != (result.returncode == 0) or report["ok"] != (not report["problems"]):
            raise Failed("verify says %s with status %d" % (report["ok"], result.returncode))
        return not report["ok"]

    def reading(self, file):
        """Runs what only reads; returns whether damage was met."""
        isMet = False
        self.command("status", "--archive", file)
        self.command("status", "--views", "--archive", file)
        for arguments in (("list", "--json"), ("search", "--json", "改革"), ("annotations", "list")):
            self.command(*arguments, "--archive", file)
        essays = self.dice.sample(sorted(self.world.texts), 6)
        for essay in essays:
            versions = self.world.texts[essay]
            version = self.dice.choice(sorted(versions))
            shown = self.command("show", essay, "--version", version, "--archive", file)
            if shown.returncode == 0 and shown.stdout not in versions.values():
                raise Failed("show %s prints %r" % (essay, shown.stdout[:80]))
            if shown.returncode != 0 and shown.stdout:
                raise Failed("show %s fails and prints" % essay)
            isMet = isMet or shown.returncode == 65
            original = self.command("export-source", essay, "--archive", file)
            if original.returncode == 0 and original.stdout not in self.world.originals:
                raise Failed("export-source %s prints %r" % (essay, original.stdout[:80]))
            isMet = isMet or original.returncode == 65
            for arguments in (("log", essay), ("diff", essay), ("sections", essay)):
                self.command(*arguments, "--archive", file)
        return isMet

    def archive(self):
        isMet = self.reading("a.db")
        isFound = self.verify("a.db")
        if isMet and not isFound:
            raise Failed("verify finds nothing, and a command met damage")
        backup = self.command("backup", "new.db", "--archive", "a.db")
        if backup.returncode == 0:
            self.restore("new.db")
        self.command("sync", "stick", "--archive", "a.db")
        self.command("edit", self.dice.choice(sorted(self.world.texts)), "--from", "-", "--archive", "a.db", data="改写。\n".encode())
        self.command("rebuild", "--from", "b.db", "--archive", "a.db")
        self.command("restore", "a.db", "--salvage", "--to", "salvaged.db")
        self.clone()

    def restore(self, file):
        restored = self.command("restore", file, "--to", "restored.db")
        if restored.returncode == 0 and self.verify("restored.db"):
            raise Failed("a damaged backup was restored")

    def backup(self):
        with open(self.folder + "/b.db", "rb") as file:
            before = file.read()
        self.reading("b.db")
        self.verify("b.db")
        self.restore("b.db")
        self.command("restore", "b.db", "--salvage", "--to", "salvaged.db")
        with open(self.folder + "/b.db", "rb") as file:
            if file.read() != before:
                raise Failed("reading changed the backup")

    def clone(self):
        cloned = self.command("clone", "remote", "--archive", "clone.db")
        if cloned.returncode == 0 and self.verify("clone.db"):
            raise Failed("a clone is damaged, and nobody says so")

    def remote(self):
        self.command("verify", "--remote", "stick", "--json", "--archive", "a.db")
        self.clone()
        self.command("sync", "stick", "--archive", "a.db")
        self.command("verify", "--remote", "stick", "--repair", "--archive", "a.db")
        self.command("sync", "stick", "--archive", "a.db")

    def store(self):
        with Hub(self.world, self.folder) as hub:
            self.command("remote", "add", "there", hub.url + "/v1/archives/essays", "--token-file", "token", "--archive", "a.db")
            for arguments in (("sync", "there"), ("verify", "--remote", "there"), ("sync", "there")):
                self.command(*arguments, "--archive", "a.db")
            self.command("clone", hub.url + "/v1/archives/essays", "--token-file", "token", "--archive", "clone.db")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    root = tempfile.mkdtemp(prefix="archivectl-damage-")
    failures = 0
    try:
        world = World(os.path.abspath(arguments.binary), root)
        for seed in range(arguments.seed, arguments.seed + arguments.runs):
            run = Run(world, seed, root)
            try:
                run.all()
            except Failed as failure:
                failures += 1
                print(failure, flush=True)
            for line in run.met:
                print("seed %d: %s" % (seed, line), flush=True)
        print("%d runs from seed %d on, %d failed" % (arguments.runs, arguments.seed, failures))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""Synchronizing over HTTP, beside git and fossil, each through a proxy that counts bytes and can delay them."""
import json
import pathlib
import shutil
import socket
import subprocess
import threading
import time

from bench import IDENTITY, ROUNDS, has, median, run
from network import GitServer, Process, Proxy

DELAY = 0.05
REPLICAS = 200


class Ours:
    name = "archivectl"

    def __init__(self, work, archivectl, corpus):
        self.work, self.archivectl, self.number = work, archivectl, 0
        store, ready = work / "store", work / "hub-ready"
        created = json.loads(run(archivectl, "hub", "create", "essays", "--store", store, "--json", keep=True).output)
        (work / "token").write_text(created["token"])
        self.server = Process(archivectl, "hub", "serve", "--store", store, "--listen", "127.0.0.1:0", "--ready-file", ready, "--quiet", ready=ready)
        self.proxy = Proxy(self.server.port)
        self.url = f"http://127.0.0.1:{self.proxy.port}{created['path']}"
        self.first = [archivectl, "--archive", work / "a.db"]
        run(*self.first, "remote", "add", "origin", self.url, "--token-file", work / "token")
        self.titles = [essay["id"] for essay in json.loads(run(*self.first, "list", "--json", keep=True).output)]

    def push(self):
        return run(*self.first, "sync", "--json", keep=True)

    def clone(self):
        """Also notes after how many seconds the archive is in its place, and so can be read: the search index comes after."""
        path = self.work / "second.db"
        self.second = [self.archivectl, "--archive", path]
        for file in self.work.glob("second.db*"):
            file.unlink()
        watcher = threading.Thread(target=self._watch, args=(path, time.perf_counter()))
        watcher.start()
        cost = run(*self.second, "clone", self.url, "--token-file", self.work / "token", "--json", keep=True)
        watcher.join()
        return cost

    def _watch(self, path, start):
        while not path.exists():
            time.sleep(0.005)
        self.readable = time.perf_counter() - start

    def pull(self):
        return run(*self.second, "sync", "--json", keep=True)

    def edit(self, count):
        for essay in self.titles[:count]:
            self.number += 1
            text = run(*self.first, "show", essay, keep=True).output.decode()
            run(*self.first, "edit", essay, "--from", "-", stdin=changed(text, self.number).encode())

    def requests(self, cost):
        return json.loads(cost.output)["requests"]


class Git:
    name = "git"

    def __init__(self, work, archivectl, corpus):
        self.work, self.number = work, 0
        root = work / "git-root"
        self.first, self.second = work / "git-first", work / "git-second"
        run("git", "init", "-q", "-b", "main", "--bare", root / "essays.git")
        run("git", "-C", root / "essays.git", "config", "http.receivepack", "true")
        shutil.copytree(corpus, self.first)
        run("git", "init", "-q", "-b", "main", ".", cwd=self.first)
        self.commit()
        self.server = GitServer(root)
        self.proxy = Proxy(self.server.port)
        run("git", "remote", "add", "origin", f"http://127.0.0.1:{self.proxy.port}/essays.git", cwd=self.first)
        self.files = sorted(self.first.rglob("*.txt"))

    def commit(self):
        run("git", *IDENTITY, "add", "-A", cwd=self.first)
        run("git", *IDENTITY, "commit", "-qm", "edit", cwd=self.first)

    def push(self):
        return run("git", *IDENTITY, "push", "-q", "-u", "origin", "main", cwd=self.first)

    def clone(self):
        shutil.rmtree(self.second, ignore_errors=True)
        return run("git", *IDENTITY, "clone", "-q", f"http://127.0.0.1:{self.proxy.port}/essays.git", self.second)

    def pull(self):
        return run("git", *IDENTITY, "pull", "-q", cwd=self.second)

    def edit(self, count):
        edit_files(self, count)
        self.commit()


class Fossil:
    name = "fossil"

    def __init__(self, work, archivectl, corpus):
        self.work, self.number = work, 0
        central, self.first = work / "central.fossil", work / "fossil-first"
        self.repository = work / "second.fossil"
        run("fossil", "init", "--admin-user", "bench", central)
        run("fossil", "user", "password", "bench", "secret", "-R", central)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.server = Process("fossil", "server", "--port", port, "--localhost", central, port=port)
        self.proxy = Proxy(port)
        self.url = f"http://bench:secret@127.0.0.1:{self.proxy.port}/"
        run("fossil", "clone", self.url, work / "first.fossil")
        run("fossil", "settings", "autosync", "off", "-R", work / "first.fossil")
        shutil.copytree(corpus, self.first)
        run("fossil", "open", "-f", "--keep", work / "first.fossil", cwd=self.first)
        run("fossil", "add", ".", cwd=self.first)
        self.commit()
        self.files = sorted(self.first.rglob("*.txt"))

    def commit(self):
        run("fossil", "commit", "-m", "edit", "--no-warnings", cwd=self.first)

    def push(self):
        return run("fossil", "push", self.url, cwd=self.first)

    def clone(self):
        self.repository.unlink(missing_ok=True)
        return run("fossil", "clone", self.url, self.repository)

    def pull(self):
        return run("fossil", "pull", self.url, "-R", self.repository)

    def edit(self, count):
        edit_files(self, count)
        self.commit()


def edit_files(peer, count):
    for file in peer.files[:count]:
        peer.number += 1
        file.write_text(changed(file.read_text(encoding="utf-8"), peer.number), encoding="utf-8")


def changed(text, number):
    head, mark, tail = text.partition("。")
    return f"{head}，此处第{number}次改动{mark}{tail}" if mark else f"{text}第{number}次改动。\n"


def measured(peer, action, delay=0.0):
    peer.proxy.reset()
    peer.proxy.delay = delay
    cost = action()
    peer.proxy.delay = 0.0
    return cost, peer.proxy.sent + peer.proxy.received


def syncs(table, archivectl, work, corpus):
    table.section("Sync over HTTP")
    kinds = [Ours, Git] + ([Fossil] if has("fossil") else [])
    peers = [kind(work, archivectl, corpus) for kind in kinds]
    ours, git = peers[:2]
    try:
        push, sent = measured(ours, ours.push)
        table.add("first push: MB, requests, seconds", f"{sent / 1e6:.1f}, {ours.requests(push)}, {push.wall:.1f}", "≤ 35 MB, ≤ 10")
        for peer in peers[1:]:
            peer.push()
        clone, received = measured(ours, ours.clone)
        other, others = measured(git, git.clone)
        for peer in peers[2:]:
            peer.clone()
        table.add("clone to searchable: MB, requests", f"{received / 1e6:.1f}, {ours.requests(clone)}", "≤ 35 MB, ≤ 10", f"git clone {others / 1e6:.1f} MB")
        table.ratio("clone to readable, wall time", [ours.readable], [other.wall], "git clone", "≤ 1.5 ×")
        table.ratio("clone to searchable, wall time", [clone.wall], [other.wall], "git clone", "≤ 3 ×")
        pulled = json.loads(clone.output)["pulled"]
        table.add("applied in a clone, transfer included", f"{pulled / ours.readable:.0f} revisions/s", "≥ 5000")
        for delay in (0.0, DELAY):
            suffix = f", {1000 * delay:.0f} ms each way" if delay else ""
            for count, goal, limit in ((0, "1 request, ≤ 900 bytes", "≤ 0.25 s"), (1, "1 request, ≤ 1600 bytes", "≤ 0.3 s"), (100, "≤ 2 requests, ≤ 45 kB", "≤ 0.5 s")):
                costs = {peer.name: [] for peer in peers}
                sizes = {peer.name: [] for peer in peers}
                requests = []
                for _ in range(1 if count > 1 else ROUNDS):
                    for peer in peers:
                        if count:
                            peer.edit(count)
                            pushed, sent = measured(peer, peer.push, delay if peer is ours else 0.0)
                        pulled, got = measured(peer, peer.pull, delay)
                        if peer is ours and count:
                            requests.append((ours.requests(pushed), sent, pushed.wall))
                        costs[peer.name].append(pulled.wall)
                        sizes[peer.name].append(got)
                        if peer is ours:
                            last = ours.requests(pulled)
                what = f"{count} edits" if count != 1 else "1 edit"
                if requests:
                    table.add(f"{what}, sending side{suffix}: requests, bytes, seconds", f"{requests[-1][0]}, {requests[-1][1]}, {requests[-1][2]:.2f}", limit if delay else goal)
                table.add(
                    f"{what}, receiving side{suffix}: requests, bytes", f"{last}, {median(sizes['archivectl']):.0f}", "" if delay else goal,
                    ", ".join(f"{peer.name} {median(sizes[peer.name]):.0f}" for peer in peers[1:]) + " bytes")
                table.ratio(f"{what}, receiving side{suffix}, wall time", costs["archivectl"], costs["git"], "git pull", limit if delay else "")
        times = watched(ours)
        table.add("a change on one watching machine, until it is on another: median, longest", f"{median(times):.2f}, {max(times):.2f} s", "≤ 1 s")
        requests, bytes = many_replicas(work / "many", archivectl)
        table.add(f"idle, {REPLICAS} replicas: requests, bytes", f"{requests}, {bytes}", "1 request, ≤ 900 bytes")
    finally:
        for peer in peers:
            peer.server.stop()


def watched(ours, rounds=9):
    """Seconds from the end of a command that changed one archive until another is told; both watch."""
    watches = [
        subprocess.Popen([*map(str, side), "sync", "--watch", "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for side in (ours.first, ours.second)
    ]
    deadline = threading.Timer(60, lambda: [watch.kill() for watch in watches])
    deadline.start()

    def until(watch, pulled):
        while line := watch.stdout.readline():
            event = json.loads(line)
            if event["event"] == "sync" and event["pulled"] >= pulled:
                return time.perf_counter()
        raise SystemExit("a watch ended, or told of nothing for a minute")

    try:
        for watch in watches:
            until(watch, 0)
        times = []
        for number in range(rounds):
            run(*ours.first, "new", "--title", f"看{number}", "--from", "-", stdin=f"第{number}句话。\n".encode())
            start = time.perf_counter()
            times.append(until(watches[1], 1) - start)
        return times
    finally:
        deadline.cancel()
        for watch in watches:
            watch.terminate()
            watch.wait()


def many_replicas(work, archivectl):
    """What an idle sync of an archive with many replicas takes: its file is copied on and on, and each copy changes something."""
    work.mkdir()
    run(archivectl, "--archive", work / "a.db", "init")
    run(archivectl, "--archive", work / "a.db", "new", "--title", "试", "--from", "-", stdin="一句话。\n".encode())
    ours = Ours(work, archivectl, None)
    try:
        ours.push()
        ours.clone()
        for number in range(REPLICAS - 2):
            copy = work / "copy.db"
            shutil.copy(work / "a.db", copy)
            copied = [archivectl, "--archive", copy]
            run(*copied, "new", "--title", f"试{number}", "--from", "-", stdin=f"第{number}句话。\n".encode())
            run(*copied, "sync")
            copy.unlink()
        run(*ours.second, "sync")
        replicas = len(json.loads(run(*ours.second, "status", "--json", keep=True).output)["vector"])
        if replicas < REPLICAS - 1:
            raise SystemExit(f"only {replicas} replicas were made")
        cost, passed = measured(ours, ours.pull)
        return ours.requests(cost), passed
    finally:
        ours.server.stop()

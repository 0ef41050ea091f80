#!/usr/bin/env python3
"""Measures how well compilations are split: splitting.py ARCHIVECTL [FOLDER…]

Makes compilations of the documents in each FOLDER (.txt, UTF-8) and of essays made by template, with 0, 30, 60 and 100 % of
the markers missing, has `archivectl import --dry-run --json` split them, and prints precision, recall and F1 of the
boundaries, how many single documents were split wrongly, and how often a cut of a given confidence is right.
COUNT (60) compilations each; WRITE=FOLDER only writes them, with their truth; HALF (0 or 1) takes one half of documents and marker styles; SEED; SHOW=1 lists mistakes.
"""
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import compilations
import essays

# PLAIN=1: lines without blanks between or before them, essays told apart by their words alone.
PLAIN = bool(int(os.environ["PLAIN"])) if "PLAIN" in os.environ else None
COUNT, SEED = int(os.environ.get("COUNT", "60")), os.environ.get("SEED", "1")
HALF, SHOW = os.environ.get("HALF"), os.environ.get("SHOW")


def half(items):
    return items if HALF is None else items[int(HALF)::2]


class Case:
    def __init__(self, name, group, text, starts):
        self.name, self.group, self.bytes, self.starts = name, group, text.encode(), starts


def cases(folders):
    pools = {"made": None}
    for folder in folders:
        files = sorted(f for f in pathlib.Path(folder).rglob("*") if f.suffix in (".txt", ".new"))
        pools[folder.rstrip("/").rsplit("/", 1)[-1]] = [compilations.read(f) for f in half(files)]
    if len(pools) > 2:
        pools["mixed"] = [d for name, pool in pools.items() if pool for d in pool[:40] if not d.isEnglish]
    for name, pool in pools.items():
        rng = random.Random(f"{SEED} {name}")
        for markers, weak in ((compilations.MARKERS, ""), (compilations.WEAK, " weak")):
            for missing in (0,) if weak else (0, 0.3, 0.6, 1):
                for number in range(COUNT if not weak else COUNT // 2):
                    size = rng.randint(2, 12)
                    kinds = half(essays.KINDS) + half(essays.LONG)[: rng.choice([0, 0, 2])]
                    alike = [rng.choice(half(essays.KINDS))] if rng.random() < 0.3 else kinds
                    documents = rng.sample(pool, min(size, len(pool))) if pool else [compilations.made(rng, alike) for _ in range(size)]
                    text, starts = compilations.compilation(rng, documents, missing, half(markers), PLAIN)
                    yield Case(f"{name}{weak}-{missing}-{number}", (name + weak, f"{missing:.0%}"), text, starts)
        singles = pool if pool and len(pool) < 300 else (pool or [compilations.made(rng, essays.KINDS + [essays.english]) for _ in range(4 * COUNT)])[:300]
        for number, document in enumerate(singles):
            yield Case(f"{name}-single-{number}", (name, "single"), compilations.single(rng, document), [])
    rng = random.Random(f"{SEED} long")
    for number in range(4 * COUNT):
        kind = essays.LONG[number % len(essays.LONG)]
        yield Case(f"long-{kind.__name__}-{number}", ("long", "single"), compilations.single(rng, compilations.Document(*kind(rng))), [])


def write(made, folder):
    """Writes the cases as texts with their truth, for truth.py and fit.py."""
    for case in made:
        kind = "single " + case.group[0] if case.group[1] == "single" else " ".join(case.group)
        target = pathlib.Path(folder) / kind.replace("%", "").replace(" ", "-")
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{case.name}.txt").write_bytes(case.bytes)
        lines = [1] + [case.bytes.count(b"\n", 0, at) + 1 for at in case.starts]
        (target / f"{case.name}.txt.truth").write_text("".join(f"essay\t{line}\t\n" for line in lines))


def split(command, folder):
    """File name → its cuts, as the command reports them."""
    answer = subprocess.run([*command, "import", "--dry-run", "--json", folder], capture_output=True, text=True)
    found = collections.defaultdict(list)
    for item in json.loads(answer.stdout)["items"]:
        found[item["source"].rsplit("/", 1)[-1]].append(item)
    return found


def main():
    program, *folders = sys.argv[1:]
    made = list(cases(folders))
    if "WRITE" in os.environ:
        return write(made, os.environ["WRITE"])
    with tempfile.TemporaryDirectory() as folder:
        texts = pathlib.Path(folder) / "texts"
        texts.mkdir()
        for case in made:
            (texts / f"{case.name}.txt").write_bytes(case.bytes)
        subprocess.run([program, "--archive", f"{folder}/a.db", "init"], check=True, stdout=subprocess.DEVNULL)
        found = split([program, "--archive", f"{folder}/a.db"], str(texts))
    report(made, found)


def report(made, found):
    groups = collections.defaultdict(lambda: [0, 0, 0, 0, 0])
    bins = collections.defaultdict(lambda: [0, 0])
    for case in made:
        cuts = sorted(found[case.name + ".txt"], key=lambda item: item["start"])
        joined = b"".join(case.bytes[cut["start"]:cut["end"]] for cut in cuts)
        if joined != case.bytes:
            sys.exit(f"{case.name}: the pieces do not make up the whole")
        due, got = set(case.starts), {cut["start"] for cut in cuts[1:]}
        for key in (case.group, ("all but weak" if "weak" not in case.group[0] else "all weak", case.group[1])):
            group = groups[key]
            group[0] += len(due & got)
            group[1] += len(got - due)
            group[2] += len(due - got)
            group[3] += due != got
            group[4] += 1
        for cut in cuts[1:]:
            right = bins[min(9, int(cut.get("confidence", 0) * 10))]
            right[0] += cut["start"] in due
            right[1] += 1
        if SHOW and due != got:
            show(case, cuts, due, got)
    print(f"{'documents':<16}{'missing':>8}{'precision':>11}{'recall':>8}{'F1':>8}{'files with mistakes':>22}")
    for (name, missing), (hit, extra, lost, wrong, count) in sorted(groups.items()):
        if missing == "single":
            print(f"{name:<16}{'single':>8}{'':>27}{wrong:>11} of {count}: {wrong / count:.1%}")
        else:
            precision, recall = hit / max(1, hit + extra), hit / max(1, hit + lost)
            f1 = 2 * hit / max(1, 2 * hit + extra + lost)
            print(f"{name:<16}{missing:>8}{precision:>11.3f}{recall:>8.3f}{f1:>8.3f}{wrong:>11} of {count}")
    for bin, (right, count) in sorted(bins.items()):
        print(f"cuts of confidence {bin / 10:.1f}–{bin / 10 + 0.1:.1f}: {right / count:.1%} of {count} right")


def show(case, cuts, due, got):
    print(f"== {case.name}: {len(case.starts) + 1} essays")

    def line(at):
        return case.bytes[at:].lstrip().split(b"\n", 1)[0].decode()[:60]

    for cut in cuts[1:]:
        if cut["start"] not in due:
            before = case.bytes[:cut["start"]].rstrip().rsplit(b"\n", 1)[-1].decode()[-30:]
            print(f"  extra {line(cut['start'])}  [{cut['reason']}, {cut.get('confidence', 0):.2f}] after {before}")
    for at in sorted(due - got):
        before = case.bytes[:at].rstrip().rsplit(b"\n", 1)[-1].decode()[-30:]
        rest = case.bytes[at:].lstrip().split(b"\n", 4)[1:4]
        print(f"  lost  {line(at)}  after {before} before {[r.decode(errors='replace')[:16] for r in rest]}")


main()

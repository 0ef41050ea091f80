#!/usr/bin/env python3
"""Measures splitting, titles and headings on texts whose truth is known: truth.py BENCHMARK-SPLIT FOLDER…

Beside a text NAME stands NAME.truth, as docs/splitting.md says: on each line a word, the number of a line of the text and
what stands there, divided by tabs. `essay` is where an essay begins, `maybe` where a cut is neither right nor wrong (a preface,
the name of a part), `heading` a heading. A text with a single essay is one work. The folder right above a text names its kind.
SHOW=1 lists mistakes, MOST (6) of each text; ONLY=KIND takes one kind.
"""
import bisect
import collections
import json
import os
import pathlib
import subprocess
import sys

SHOW, ONLY = os.environ.get("SHOW"), os.environ.get("ONLY")


class Truth:
    def __init__(self, path):
        self.path, self.text = path, path.with_name(path.name.removesuffix(".truth"))
        self.kind = path.parent.name
        self.marks = collections.defaultdict(dict)
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                what, number, *title = line.split("\t")
                self.marks[what][int(number)] = title[0] if title else ""

    @property
    def isSingle(self):
        return len(self.marks["essay"]) < 2


class Lines:
    """Offsets of lines, and which of them hold text."""

    def __init__(self, data):
        self.starts, at = [0], -1
        while (at := data.find(b"\n", at + 1)) >= 0:
            self.starts.append(at + 1)
        blank = [not piece.decode(errors="replace").strip(" \t\r\u3000\u00a0\ufeff\u200b") for piece in data.split(b"\n")]
        self.filled = [number for number, isBlank in enumerate(blank, 1) if not isBlank]

    def number(self, offset):
        """The first line with text at or behind an offset."""
        line = bisect.bisect_right(self.starts, offset)
        index = bisect.bisect_left(self.filled, line)
        return self.filled[index] if index < len(self.filled) else line

    def above(self, line):
        index = bisect.bisect_left(self.filled, line) - 1
        return self.filled[index] if index >= 0 else 0

    def headed(self, essays, maybe):
        """The essay that each line stands right above which may belong to its title."""
        headed = {}
        for essay in essays:
            line = essay
            while self.above(line) in maybe:
                line = self.above(line)
                headed[line] = essay
        return headed


def plain(title):
    return "".join(c for c in title if c.isalnum()).casefold()


class Score:
    def __init__(self):
        self.files = self.wrong = self.hit = self.extra = self.lost = self.titles = self.named = 0
        self.headings = [0, 0, 0]

    def add(self, truth, found, data, isShown):
        lines = Lines(data)
        essays, maybe = dict(truth.marks["essay"]), set(truth.marks["maybe"])
        cuts = {lines.number(piece["start"]): piece for piece in found["pieces"]}
        first = lines.filled[0] if lines.filled else 1
        if truth.isSingle:
            essays = {first: ""}
        alias = lines.headed(essays, maybe)
        # What stands before the first essay may be a piece of its own or not.
        free = {first, min(essays)}
        got, due = {alias.get(line, line) for line in cuts} - free, set(essays) - free
        hit, extra, lost = got & due, got - due - maybe, due - got
        self.files += 1
        self.wrong += bool(extra) if truth.isSingle else bool(extra or lost)
        self.hit, self.extra, self.lost = self.hit + len(hit), self.extra + len(extra), self.lost + len(lost)
        for line, piece in cuts.items():
            due = essays.get(alias.get(line, min(essays) if line == first and min(essays) not in cuts else line), "")
            if due:
                self.named += 1
                isRight = plain(due) == plain(piece["title"]) or plain(due) in plain(piece["title"]) and len(piece["title"]) < 2 * len(due) + 9
                self.titles += isRight
                if isShown and not isRight:
                    print(f"== {truth.text} title {piece['title'][:40]!r}, due {due[:40]!r}")
        if truth.marks["heading"] or "headings" in truth.path.parts:
            real, seen = set(truth.marks["heading"]), {lines.number(h["start"]) for h in found["headings"]}
            parts = len(real & seen), len(seen - real), len(real - seen)
            self.headings = [a + b for a, b in zip(self.headings, parts)]
            if isShown:
                show(truth, data, lines, "heading", seen - real, real - seen, {})
        if isShown and (extra or lost):
            show(truth, data, lines, "essay", extra, lost, cuts)

    def row(self, name):
        precision, recall = self.hit / max(1, self.hit + self.extra), self.hit / max(1, self.hit + self.lost)
        f1 = 2 * self.hit / max(1, 2 * self.hit + self.extra + self.lost)
        if self.hit + self.lost == 0:
            figures = f"{'':>27}{self.wrong:>8} of {self.files} cut: {self.wrong / max(1, self.files):.1%}"
        else:
            figures = f"{precision:>11.3f}{recall:>8.3f}{f1:>8.3f}{self.wrong:>8} of {self.files} with mistakes; of {self.hit + self.lost}"
        if self.named:
            figures += f"; titles {self.titles / self.named:.1%}"
        if sum(self.headings):
            hit, extra, lost = self.headings
            figures += f"; headings {hit / max(1, hit + extra):.2f} / {hit / max(1, hit + lost):.2f}"
        return f"{name:<20}{figures}"


def show(truth, data, lines, what, extra, lost, cuts):
    print(f"== {truth.text} {what}")
    texts = data.split(b"\n")
    for sign, numbers in (("+", extra), ("-", lost)):
        for line in sorted(numbers)[:int(os.environ.get("MOST", "6"))]:
            reason = f"  [{cuts[line]['reason']}, {cuts[line]['confidence']:.2f}]" if line in cuts and sign == "+" else ""
            print(f"  {sign}{line} {texts[line - 1].decode(errors='replace').strip()[:60]}{reason}")


def main():
    program, *folders = sys.argv[1:]
    truths = [Truth(path) for folder in folders for path in sorted(pathlib.Path(folder).resolve().rglob("*.truth"))]
    truths = [t for t in truths if not ONLY or t.kind.startswith(ONLY)]
    names = "".join(f"{t.text}\n" for t in truths)
    answer = subprocess.run([program], input=names, capture_output=True, text=True, check=True).stdout
    scores, slow = collections.defaultdict(Score), (0, "")
    for truth, line in zip(truths, answer.splitlines()):
        found = json.loads(line)
        if found.get("error"):
            print(f"{truth.text}: {found['error']}")
            continue
        data = truth.text.read_bytes()
        slow = max(slow, (found["seconds"] / max(1, len(data)), str(truth.text)))
        for key in (truth.kind, "all single works" if truth.isSingle else "all collections"):
            scores[key].add(truth, found, data, bool(SHOW) and key == truth.kind)
    print(f"{'kind':<20}{'precision':>11}{'recall':>8}{'F1':>8}")
    for name, score in sorted(scores.items()):
        print(score.row(name))
    print(f"slowest: {1e6 * slow[0]:.2f} seconds for a megabyte, {slow[1]}")


if __name__ == "__main__":
    main()

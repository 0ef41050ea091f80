#!/usr/bin/env python3
"""Fits the weights by which a text is told to be a collection: fit.py BENCHMARK-SPLIT FOLDER… [--check FOLDER…]

Each FOLDER holds texts with their truth (truth.py; `WRITE=FOLDER splitting.py` writes generated ones). Prints the tables of
`CollectionWeights` and `CompilationEvidence`, and how many texts they get right in the folders for fitting and in those behind
`--check`, which they have not seen. Needs numpy.

A text has several ways in which lines are set apart. Those whose lines are the beginnings of essays (F1 0.9 and more) are
examples for a collection; all others, and all of single works, are examples against it. Logistic regression, pulled towards 0.
"""
import collections
import json
import pathlib
import subprocess
import sys

import numpy

import truth

# Of generated texts there are many, of a few kinds; single works must hardly ever be cut.
GENERATED, SINGLE = 0.35, 2.0
# Set by hand: a work in numbered chapters stays one even where its name is a collection's.
LEAST = {"countsThroughout": -4.0}
# No weight is larger than this, whatever a few texts say.
MOST = 6
PULL = {"collection": 0.0006, "compilation": 0.006}
SIGNS = {
    "purity": 1, "impurity": -1, "chapters": -1, "bareNumbers": -1, "counted": -1, "countsOn": -1, "listed": 1, "signed": 1, "closed": 1,
    "repeated": -1, "innerParts": -1, "crossed": -1, "namedCollection": 1, "headPart": -1, "spread": -1,
    "longPassages": -1, "questions": -1, "few": -1, "namedWork": -1, "countsThroughout": -1, "small": -1, "introduced": -1, "titledAbove": -1, "strong": 1, "documents": 1, "official": 1, "score": 1,
}


class Text:
    def __init__(self, known, found):
        self.known, self.kind = known, known.kind
        self.isGenerated = "generated" in str(known.path) or "/gen" in str(known.path)
        self.settings = [s for s in found["settings"] if s["kind"] != "compilation"]
        self.compilation = next((s["values"] for s in found["settings"] if s["kind"] == "compilation"), None)
        lines = truth.Lines(known.text.read_bytes())
        for setting in self.settings:
            setting["f1"] = 0.0 if known.isSingle else self.f1({lines.number(at) for at in setting["starts"]}, lines)

    def f1(self, got, lines):
        essays, maybe = set(self.known.marks["essay"]), set(self.known.marks["maybe"])
        above = lines.headed(essays, maybe)
        free = {lines.filled[0], min(essays)}
        got, due = {above.get(line, line) for line in got} - free, essays - free
        hit = len(got & due)
        return 2 * hit / max(1, 2 * hit + len(got - due - maybe) + len(due - got))


def load(program, folders):
    known = [truth.Truth(path) for folder in folders for path in sorted(pathlib.Path(folder).resolve().rglob("*.truth"))]
    names = "".join(f"{t.text}\n" for t in known)
    out = subprocess.run([program, "--evidence", "--names"], input=names, capture_output=True, text=True, check=True).stdout
    first, second, *rest = out.splitlines()
    return first.split(), second.split(), [Text(t, json.loads(line)) for t, line in zip(known, rest)]


def examples(texts):
    """Of the ways in which lines are set: values, whether they are those of a collection, weights."""
    for text in texts:
        scale = GENERATED if text.isGenerated else 1
        right = sum(s["f1"] >= 0.9 for s in text.settings)
        for setting in text.settings:
            if text.known.isSingle:
                yield setting["values"], 0, SINGLE
            elif setting["f1"] >= 0.9:
                yield setting["values"], 1, scale * (1 + 2 / right)
            elif setting["f1"] < 0.6:
                yield setting["values"], 0, 0.7 * scale


def compilations(texts):
    """The same for compilations without markers, told by their lines one by one."""
    for text in texts:
        if text.compilation is not None and (text.isGenerated or text.known.isSingle):
            yield text.compilation, 0 if text.known.isSingle else 1, 3 if text.known.isSingle else 1


def fit(names, rows, pull, rounds=20000):
    values, right, weights = (numpy.array(column, float) for column in zip(*rows))
    weights /= weights.sum()
    scale = numpy.sqrt((weights[:, None] * values**2).sum(0)) + 1e-9
    values = values / scale
    signs = numpy.array([SIGNS.get(name, 0) for name in names])
    pulls = numpy.where(numpy.array(names) == "base", pull / 50, pull)
    step = 1 / (numpy.linalg.eigvalsh((values * weights[:, None]).T @ values)[-1] / 4 + pull)
    old = ahead = numpy.zeros(len(names))
    for number in range(rounds):
        slope = values.T @ (weights * (1 / (1 + numpy.exp(-values @ ahead)) - right)) + pulls * ahead
        new = ahead - step * slope
        new[signs * new < 0] = 0
        numpy.clip(new, -MOST * scale, MOST * scale, out=new)
        ahead, old = new + number / (number + 3) * (new - old), new
    return numpy.minimum(old / scale, [LEAST.get(name, MOST) for name in names])


def table(names, weights):
    cells = [f"(.{name}, {weight:.2f})" for name, weight in zip(names, weights) if abs(weight) >= 0.005]
    lines, line = [], "       "
    for cell in cells:
        if len(line) + len(cell) > 115:
            lines.append(line)
            line = "       "
        line += f" {cell},"
    return "\n".join([*lines, line])


def check(texts, collection, compilation):
    kinds = collections.defaultdict(lambda: [0, 0.0])
    for text in texts:
        best = max(text.settings, key=lambda s: s["values"] @ collection, default=None)
        odds = best["values"] @ collection if best else -99
        other = text.compilation @ compilation if text.compilation is not None else -99
        kind = kinds[text.kind]
        kind[0] += 1
        if text.known.isSingle:
            kind[1] += max(odds, other) > 0
        elif odds > max(0, other):
            kind[1] += best["f1"]
        elif other > 0:
            kind[1] += 1
    for name, (count, sum) in sorted(kinds.items()):
        print(f"  {name:<22}" + (f"{sum:.0f} of {count} cut" if name.startswith("single") else f"F1 of the way chosen {sum / count:.3f}, {count}"))


def main():
    program, *folders = sys.argv[1:]
    at = folders.index("--check") if "--check" in folders else len(folders)
    names, others, texts = load(program, folders[:at])
    _, _, unseen = load(program, folders[at + 1:])
    for text in texts + unseen:
        for setting in text.settings:
            setting["values"] = numpy.array(setting["values"])
        text.compilation = numpy.array(text.compilation) if text.compilation else None
    collection = fit(names, list(examples(texts)), PULL["collection"])
    compilation = fit(others, list(compilations(texts)), PULL["compilation"])
    print(f"CollectionWeights\n{table(names, collection)}\nCompilationEvidence\n{table(others, compilation)}")
    for title, group in (("fitted on", texts), ("unseen", unseen)):
        print(title)
        check(group, collection, compilation)


if __name__ == "__main__":
    main()

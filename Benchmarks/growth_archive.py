"""What grows on the archive's side: many annotations, many annotated versions, many essays, many small edits. Used by growth.py."""
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time

import bench

ROWS = ["annotations", "versions", "samecharacter", "essays", "again", "edits"]
LETTERS = [chr(0x4E00 + number * 7) for number in range(2400)]


class Prose:
    """Sentences of which each is another, from a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def sentence(self):
        return "".join(self.random.choices(LETTERS, k=self.random.randint(8, 40))) + "。"

    def text(self, size):
        """Paragraphs of so many bytes, or a few more."""
        parts, length = [], 0
        while length < size:
            parts.append("".join(self.sentence() for _ in range(self.random.randint(2, 6))) + "\n")
            length += 3 * len(parts[-1])
        return "".join(parts)


class Archive:
    def __init__(self, program, base, name="a"):
        self.program, self.file = program, pathlib.Path(base) / f"{name}.db"
        self.run("init")

    def run(self, *arguments, **options):
        return bench.run(self.program, "--archive", self.file, *arguments, **options)

    def new(self, text):
        return json.loads(self.run("new", "--title", "长文", "--from", "-", "--json", stdin=text.encode(), keep=True).output)["id"]

    def edit(self, essay, text):
        return self.run("edit", essay, "--from", "-", stdin=text.encode())


def show(row, what, sizes, costs, goal=""):
    row(f"{what}: {' / '.join(map(str, sizes))}", " / ".join(f"{cost.wall:.2f}" for cost in costs) + " s", goal)
    row("  the last against the one before", f"{costs[-1].wall / max(costs[-2].wall, 0.001):.1f} ×", "linear: 2 ×")
    row("  peak memory, MB", " / ".join(f"{cost.peak:.0f}" for cost in costs))


def annotations(program, row):
    """Annotations on an essay of 1 MB: listed, unchanged, and after an edit."""
    sizes, found = (250, 500, 1000), {}
    with tempfile.TemporaryDirectory() as base:
        prose = Prose(1)
        text = prose.text(1_000_000)
        archive = Archive(program, base)
        essay = archive.new(text)
        made = 0
        for size in sizes:
            for made in range(made, size):
                start = prose.random.randrange(len(text) - 60)
                archive.run("annotate", essay, "--start", str(start), "--end", str(start + prose.random.randint(6, 50)), "--note", "注")
            made = size
            lines = text.splitlines(True)
            for number in range(0, len(lines), 50):
                lines[number] = prose.text(300)
            archive.edit(essay, "".join(lines))
            for what in ["after an edit", "unchanged"]:
                found.setdefault(what, []).append(archive.run("annotations", essay, "--json"))
    show(row, "annotations on 1 MB, listed after an edit", sizes, found["after an edit"], "goal < 1 s for 1,000")
    show(row, "annotations on 1 MB, listed unchanged", sizes, found["unchanged"], "goal: 50 ms beside the start; before 1.3 s")


def versions(program, row):
    """An essay of 300 kB with as many annotated versions."""
    sizes, costs = (100, 200, 400), []
    for size in sizes:
        with tempfile.TemporaryDirectory() as base:
            prose = Prose(2)
            lines = prose.text(300_000).splitlines(True)
            archive = Archive(program, base)
            essay = archive.new("".join(lines))
            for number in range(size):
                lines[number % len(lines)] = prose.text(300)
                archive.edit(essay, "".join(lines))
                archive.run("annotate", essay, "--start", str(50 * number), "--end", str(50 * number + 30), "--note", "注")
            costs.append(archive.run("annotations", essay, "--json"))
    show(row, "annotated versions of 300 kB", sizes, costs, "goal ≤ 200 MB at 400; before 2.4 GB")


def same_character(program, row):
    """A text of one character: annotated by a quotation that is half of it, and followed through an edit."""
    sizes, costs = (250_000, 500_000, 1_000_000), {"quote": [], "follow": []}
    for size in sizes:
        with tempfile.TemporaryDirectory() as base:
            archive = Archive(program, base)
            essay = archive.new("好" * size)
            costs["quote"].append(archive.run("annotate", essay, "--quote", "好" * 30_000, "--note", "注", fails=True))
            for number in range(5):
                archive.run("annotate", essay, "--start", str(number * 1000), "--end", str(number * 1000 + 40), "--note", "注")
            archive.edit(essay, "坏" + "好" * (size - 1000) + "坏")
            costs["follow"].append(archive.run("annotations", essay, "--json"))
    show(row, "so many times one character: a quotation of it", sizes, costs["quote"], "memory ≤ 8 × the text")
    show(row, "so many times one character: five annotations after an edit", sizes, costs["follow"])


def write_essays(folder, count, prose):
    for number in range(count):
        place = folder / f"{number // 1000:04}"
        place.mkdir(exist_ok=True)
        title = "".join(prose.random.choices(LETTERS, k=10))
        tags = "tags: [一千分之一]\n" if number % 1000 == 7 else ""
        (place / f"{number}.md").write_text(f"---\ntitle: {title}\n{tags}---\n{prose.text(900)}")


def essays(program, row):
    """Archives of many short essays: all that is done with them daily."""
    most = int(os.environ.get("ESSAYS", "40000"))
    sizes, found = (most // 4, most // 2, most), {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as base:
            base = pathlib.Path(base)
            (base / "in").mkdir()
            prose = Prose(3)
            write_essays(base / "in", size, prose)
            archive = Archive(program, base)

            def take(what, *arguments, **options):
                found.setdefault(what, []).append(archive.run(*arguments, **options))

            take("import", "import", base / "in", "--quiet")
            take("import again", "import", base / "in", "--quiet")
            take("status --json", "status", "--json")
            take("list --json", "list", "--json")
            take("list --tag", "list", "--tag", "一千分之一", "--json")
            take("list --limit 20", "list", "--limit", "20")
            take("search, few hits", "search", LETTERS[1] + LETTERS[2])
            take("search, one character", "search", LETTERS[1])
            take("search, nothing", "search", "".join(LETTERS[9:19]))
            take("new", "new", "--title", "新", "--from", "-", stdin="一句话。".encode())
            bytes_ = archive.file.stat().st_size
            row(f"  {size} essays: bytes of the archive for each", f"{bytes_ / size:.0f}")
    goals = {"import": "linear, ≤ 400 MB", "status --json": "≤ 0.1 s", "list --json": "≤ 100 MB", "search, nothing": "≤ 1.5 × one that finds something"}
    for what, costs in found.items():
        show(row, f"{what}, essays", sizes, costs, goals.get(what, ""))
        row("  user and system seconds", " / ".join(f"{cost.cpu:.2f}" for cost in costs))


def again(program, row):
    """A tree imported again under options that were given before, plain and as JSON."""
    with tempfile.TemporaryDirectory() as base:
        base = pathlib.Path(base)
        (base / "in").mkdir()
        write_essays(base / "in", 10_000, Prose(4))
        archive = Archive(program, base)
        archive.run("import", base / "in", "--split", "none", "--quiet")
        plain = archive.run("import", base / "in", "--quiet")
        for what, options in [("--split none", ["--split", "none"]), ("--json", ["--json"]), ("--split none --json", ["--split", "none", "--json"])]:
            cost = archive.run("import", base / "in", "--quiet", *options)
            row(f"10,000 files imported again with {what}", f"{cost.wall:.2f} s", f"{cost.cpu / plain.cpu:.1f} × the processor time without")


def edits(program, row):
    """Essays with twenty small edits each, beside a git repository of the same versions after gc."""
    count = int(os.environ.get("EDITED", "100"))
    with tempfile.TemporaryDirectory() as base:
        base = pathlib.Path(base)
        archive, git = Archive(program, base), base / "git"
        git.mkdir()
        repository = ["git", "-C", git, *bench.IDENTITY]
        bench.run(*repository, "init", "-q")
        for number in range(count):
            prose = Prose(number)
            lines = [prose.sentence() for _ in range(60)]
            essay = archive.new("".join(lines))
            for version in range(21):
                if version:
                    lines[prose.random.randrange(len(lines))] = prose.sentence()
                    archive.edit(essay, "".join(lines))
                (git / f"{number}.txt").write_text("".join(lines))
                bench.run(*repository, "add", ".")
                bench.run(*repository, "commit", "-q", "-m", "x")
        bench.run(*repository, "gc", "-q", "--aggressive")
        ours, theirs = archive.file.stat().st_size / 1e6, bench.size(git / ".git" / "objects")
        row(f"{count} essays × 20 edits, MB", f"{ours:.2f}", f"{ours / theirs:.2f} × git after gc ({theirs:.2f} MB)")


def measure(program, rows, row):
    for name, body in zip(ROWS, [annotations, versions, same_character, essays, again, edits]):
        if name in rows:
            body(program, row)

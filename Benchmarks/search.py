#!/usr/bin/env python3
"""Measures search, and checks it against a plain scan: search.py ARCHIVECTL FOLDER

FOLDER holds essays as .txt. QUERIES (1000) random strings of 1 to 8 characters are cut out of their sentences, and as many
with each of SEEDS ("1 2 3") out of their lines. Printed are the essays missed or wrongly found, the times within one
process and as one process a query, and the same of SQLite's FTS5 over pairs of characters and over trigrams and of
ripgrep; then the same with ten times as many essays, their sentences shuffled, unless LARGE=0.
"""
import bisect
import collections
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata

HERE = pathlib.Path(__file__).parent
HAN = re.compile("[\u3400-\u9fff]+")
SEED = 20260101


def row(what, value, goal=""):
    print(f"{what:<58} {value:>30}   {goal}", flush=True)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def figures(milliseconds):
    return f"{statistics.median(milliseconds):.2f} / {percentile(milliseconds, 0.95):.2f} / {max(milliseconds):.2f}"


# What is looked for

def sentences(text):
    return [part.strip(" \u3000") for part in re.split("[。！？!?\\s]", text) if len(part) > 1]


def queries(texts, count):
    """Strings of Han characters, letters, digits and marks, cut within sentences."""
    generator = random.Random(SEED)
    allowed = re.compile("[\u4e00-\u9fff0-9A-Za-z，、；：“”（）《》]+")
    found = []
    while len(found) < count:
        parts = sentences(generator.choice(texts))
        length = generator.randint(1, 8)
        part = generator.choice(parts) if parts else ""
        if len(part) < length:
            continue
        start = generator.randint(0, len(part) - length)
        piece = part[start : start + length]
        if allowed.fullmatch(piece):
            found.append(piece)
    return found


def quoted(piece):
    return '"' + piece.replace('"', '""') + '"'


# A plain scan

def folding():
    """The facts that search and scan share: traditional to simplified. Full width to half, capitals to small letters."""
    source = (HERE.parent / "Sources/Prose/Words/TraditionalFolding.swift").read_text(encoding="utf-8")
    traditional, simplified = ("".join(block.replace("\\\n", "").split()) for block in re.findall('"""\n(.*?)"""', source, re.S))
    table = {ord(a): b for a, b in zip(traditional, simplified)}
    for code in range(0x21, 0x7F):
        table[code + 0xFEE0] = chr(code).lower()
        table[code] = chr(code).lower()
    return table


TABLE = folding()
# Letters and digits, whichever do not stand each for themselves.
WORD = "[^\\W_\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d\U0001aff0-\U0003ffff]"
SPACE = "[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
LINE_END = "[\n-\r\x85\u2028\u2029]+"
FOLDED = re.compile("[\u0080-\u2ddf\u2e00-\u2e7f\u2f00-\u2fdf\u302a-\u302f\u3099\u309a\ua7f2-\ua7f4\uf900-\ufb06\ufe00-\ufe2f\ufeff\uff5f-\uff9f\uffe0-\uffff]")
# What Unicode does not take apart.
NOT_DECOMPOSED = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ħ": "h", "ʉ": "u", "￣": "¯"}
RULES = [(re.compile(pattern), with_) for pattern, with_ in (
    (f"(?:{SPACE})?(?:{LINE_END}(?:{SPACE})?)+", "\n"),
    (SPACE, " "),
    (f"(?<={WORD}) (?={WORD})", "\0"),
    (f"(?<={WORD}) |(?<![。.!?]) (?={WORD})", ""),
)]


def folded(text):
    """What docs/search.md says is not told apart, said once more and otherwise than in the program.

    White space is one space, and none at either end of a line or beside a word, unless it follows the end of a sentence;
    between two words it parts them.
    """
    text = FOLDED.sub(plain, text.translate(TABLE))
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text.strip(" \n")


def plain(match):
    """A letter or number without case, accents and the like; what shows nothing is not there. Signs (①, ™) stand for themselves."""
    character = match[0]
    category, name = unicodedata.category(character), unicodedata.name(character, "")
    if category == "Cf" or name.startswith(("COMBINING", "VARIATION SELECTOR")) or "\u302a" <= character <= "\u302f":
        return ""
    if category == "Cc" and character != "\x85":
        return ""
    if name.startswith(("KANGXI", "CJK COMPATIBILITY", "HALFWIDTH", "FULLWIDTH")):
        return NOT_DECOMPOSED.get(character) or unicodedata.normalize("NFKC", character).translate(TABLE)
    if category[0] not in "LN" or unicodedata.decomposition(character).startswith("<circle>"):
        return character
    kept = bare(bare(character).casefold())
    if stroke := re.fullmatch("LATIN (?:SMALL|CAPITAL) LETTER ([BDHILOT]) WITH STROKE(?: AND ACUTE)?", name):
        kept = stroke[1].lower()
    if character < "\u0530" or "\u1e00" <= character < "\u2c00":
        kept = "".join(NOT_DECOMPOSED.get(letter, letter) for letter in kept)
        return kept if kept.isalnum() else character
    return kept if kept.isascii() and kept.isalnum() or kept in "βγδθρφχ" else character


def bare(text):
    """Taken apart, and without the marks on letters."""
    return "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))


class Scan:
    """All essays one after another, apart from each other; each as its title and its text."""

    def __init__(self, archivectl, archive, folder):
        titles = json.loads(subprocess.run([archivectl, "--archive", str(archive), "list", "--json"], check=True, capture_output=True).stdout)
        named = {entry["title"] for entry in titles}
        parts, self.ends, end = [], [], 0
        for name in sorted(folder.rglob("*.txt")):
            # A title that is not in the text is the file's name.
            title = folded(name.stem) if name.stem in named else ""
            part = f"{title}\n{folded(name.read_text(encoding='utf-8'))}\n"
            end += len(part)
            parts.append(part)
            self.ends.append(end)
        self.text = "".join(parts)

    def count(self, piece):
        """How many essays hold it."""
        piece, found, place = folded(piece), 0, 0
        while (place := self.text.find(piece, place)) >= 0:
            found += 1
            place = self.ends[bisect.bisect_right(self.ends, place)]
        return found


STARTS = [re.compile(pattern) for pattern in ("\\S", "[\u3400-\u9fff]", "[A-Za-z]", "[0-9]", "[^\\w\\s]", "[^\\x00-\\x7f\u3400-\u9fff]")]


def exact_pieces(texts, count, seed):
    """Strings of 1 to 8 characters of any sort, cut within lines; in turn any, Han, Latin, digits, marks, others come first."""
    generator = random.Random(seed)
    found = []
    while len(found) < count:
        line = generator.choice(generator.choice(texts).splitlines() or [""])
        starts = [match.start() for match in STARTS[len(found) % len(STARTS)].finditer(line)]
        if not starts:
            continue
        start = generator.choice(starts)
        piece = line[start : start + generator.choice((1, 1, 2, 3, 4, 6, 8))].strip()
        # Nothing to look for: characters that show nothing.
        if folded(piece):
            found.append(piece)
    return found


def exactness(archivectl, archive, folder, texts, count, work):
    scan = Scan(archivectl, archive, folder)
    missed = wrong = asked = 0
    for seed in map(int, os.environ.get("SEEDS", "1 2 3").split()):
        pieces = exact_pieces(texts, count, seed)
        for piece, answer in zip(pieces, ask(archivectl, archive, pieces, work, limit=20), strict=True):
            expected = scan.count(piece)
            missed += max(0, expected - answer["total"])
            wrong += max(0, answer["total"] - expected)
            asked += 1
            if expected != answer["total"]:
                print(f"  {piece!r}: a scan finds {expected}, search {answer['total']}", file=sys.stderr)
            if len(answer["hits"]) != min(20, answer["total"]):
                sys.exit(f"{piece!r}: {len(answer['hits'])} hits of {answer['total']}")
    row(f"exactness, {asked} queries: essays missed, wrongly found", f"{missed}, {wrong}", "goal 0, 0")


def foldings(archivectl, work):
    """Each character but Han and Hangul in an essay of its own: it finds all essays whose character it is not told apart from."""
    codes = [*range(0x21, 0x3400), *range(0xF900, 0xFFF0)]
    characters = [chr(code) for code in codes if unicodedata.category(chr(code)) not in ("Cn", "Co", "Cs", "Cc", "Zl", "Zp")]
    folder, archive = work / "characters", work / "characters.db"
    folder.mkdir()
    for character in characters:
        (folder / f"{ord(character):05x}.txt").write_text(f"壹始{character}终贰\n", encoding="utf-8")
    run_import(archivectl, archive, folder)
    pieces = [f"始{character}终" for character in characters]
    expected = collections.Counter(map(folded, pieces))
    answers = ask(archivectl, archive, pieces, work, limit=1)
    wrong = [piece for piece, answer in zip(pieces, answers, strict=True) if answer["total"] != expected[folded(piece)]]
    for piece in wrong:
        print(f"  {piece!r} U+{ord(piece[1]):04X}: a scan finds {expected[folded(piece)]}", file=sys.stderr)
    row("folding: characters, told apart otherwise than by a scan", f"{len(characters)}, {len(wrong)}", "goal 0")


# archivectl

def ask(archivectl, archive, pieces, work, limit):
    file = work / "queries"
    file.write_text("".join(quoted(piece) + "\n" for piece in pieces), encoding="utf-8")
    command = [archivectl, "--archive", str(archive), "search", "--queries", str(file), "--limit", str(limit)]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def within(archivectl, archive, pieces, work, goal):
    """Each query's best of three, as other processes disturb."""
    runs = [[answer["milliseconds"] for answer in ask(archivectl, archive, pieces, work, 20)] for _ in range(3)]
    best = [min(times) for times in zip(*runs)]
    row("in process, ms: median / p95 / worst", figures(best), goal)
    for length in (1, 2, 4, 8):
        row(f"  {length} characters", figures([ms for ms, piece in zip(best, pieces) if len(piece) == length]))


def as_command(make, pieces):
    walls, cpus = [], []
    for piece in pieces:
        start = time.perf_counter()
        process = subprocess.Popen(make(piece), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        walls.append(1000 * (time.perf_counter() - start))
        cpus.append(1000 * (usage.ru_utime + usage.ru_stime))
    return walls, cpus


def processes(archivectl, archive, folder, pieces):
    some = pieces[:150]
    commands = [("as a command", lambda piece: [archivectl, "--archive", str(archive), "search", "--json", quoted(piece)], "goal p95 ≤ 15")]
    if shutil.which("rg"):
        commands.append(("ripgrep -l -F", lambda piece: ["rg", "-l", "-F", piece, str(folder)], ""))
    for name, make, goal in commands:
        walls, cpus = as_command(make, some)
        row(f"{name}, ms: median / p95 / worst", figures(walls), goal)
        row("  CPU", figures(cpus))


# SQLite's FTS5

def pairs(text):
    """Overlapping pairs in each run of Han characters, and its last character."""
    return HAN.sub(lambda run: " " + " ".join(run[0][i : i + 2] for i in range(len(run[0]))) + " ", text)


def fts5(kind, texts, pieces, work):
    file = work / f"{kind}.db"
    database = sqlite3.connect(file)
    tokenizer = "trigram" if kind == "trigram" else "unicode61"
    cut = (lambda text: text) if kind == "trigram" else pairs
    start = time.process_time()
    database.execute(f"CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='{tokenizer}')")
    database.executemany("INSERT INTO t (rowid, body) VALUES (?, ?)", ((i, cut(text)) for i, text in enumerate(texts, 1)))
    database.commit()
    row(f"FTS5 {kind}: index, CPU seconds, MB", f"{time.process_time() - start:.1f}, {file.stat().st_size / 1e6:.1f}")
    times = []
    for piece in pieces:
        if kind == "trigram":
            if len(piece) < 3:
                continue
            query = quoted(piece)
        else:
            query = quoted(piece) + " *" if len(piece) == 1 else '"' + " ".join(pairs(piece).split()[: -1 if HAN.fullmatch(piece) else None]) + '"'
        start = time.perf_counter()
        database.execute("SELECT count(*) FROM t WHERE t MATCH ?", (query,)).fetchone()
        database.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 20", (query,)).fetchall()
        times.append(1000 * (time.perf_counter() - start))
    row(f"FTS5 {kind}, total and 20 best, in process, ms", figures(times))
    database.close()


# Ten times as many

def shuffled(texts, folder):
    generator = random.Random(SEED)
    for copy in range(10):
        for number in range(0, len(texts), 100):
            group = texts[number : number + 100]
            pool = [part for text in group for part in re.split("(?<=[。！？\n])", text) if part]
            generator.shuffle(pool)
            size = len(pool) // len(group)
            target = folder / f"{copy}-{number // 1000}"
            target.mkdir(parents=True, exist_ok=True)
            for index in range(len(group)):
                text = f"第{copy}篇之{number + index}\n" + "".join(pool[index * size : (index + 1) * size])
                (target / f"{number + index}.txt").write_text(text, encoding="utf-8")


def run_import(archivectl, archive, folder):
    subprocess.run([archivectl, "--archive", str(archive), "init", "--quiet"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    start = time.perf_counter()
    process = subprocess.Popen([archivectl, "--archive", str(archive), "import", "--quiet", "--split", "none", str(folder)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit("the import failed")
    return time.perf_counter() - start, usage


def sizes(archive, texts):
    index = sum(file.stat().st_size for file in archive.parent.iterdir() if file.name.startswith(archive.name + ".search"))
    text = sum(len(text.encode()) for text in texts)
    row("search index against the text's bytes", f"{index / text:.2f} ×", "goal ≤ 0.75")


def indexing(archivectl, archive):
    for file in archive.parent.glob(archive.name + ".search*"):
        file.unlink()
    start = time.perf_counter()
    process = subprocess.Popen([archivectl, "--archive", str(archive), "search", "--json", "一"], stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(archivectl, folder, work):
    folder = pathlib.Path(folder)
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.txt"))]
    pieces = queries(texts, int(os.environ.get("QUERIES", "1000")))
    archive = work / "search.db"
    seconds, _ = run_import(archivectl, archive, folder)
    row("search: essays, MB", f"{len(texts)}, {sum(len(text.encode()) for text in texts) / 1e6:.1f}")
    row("index made anew: seconds, CPU seconds, peak MB", "%.1f, %.1f, %.0f" % indexing(archivectl, archive), "goal ≤ 150 MB")
    sizes(archive, texts)
    exactness(archivectl, archive, folder, texts, len(pieces), work)
    foldings(archivectl, work)
    within(archivectl, archive, pieces, work, "goal p95 ≤ 5")
    processes(archivectl, archive, folder, pieces)
    for kind in ("pairs", "trigram"):
        fts5(kind, texts, pieces, work)
    if os.environ.get("LARGE") != "0":
        large = work / "large"
        shuffled(texts, large)
        archive = work / "large.db"
        many, usage = run_import(archivectl, archive, large)
        row(f"{10 * len(texts)} essays: import seconds", f"{many:.1f}, {many / seconds:.1f} × a tenth of them", "goal ≤ 10 ×")
        row("peak MB", f"{usage.ru_maxrss / 1024:.0f}", "goal ≤ 250")
        row("index made anew: seconds, CPU seconds, peak MB", "%.1f, %.1f, %.0f" % indexing(archivectl, archive), "goal ≤ 250 MB")
        within(archivectl, archive, pieces, work, "goal p95 ≤ 40")


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        os.environ["XDG_STATE_HOME"] = str(work / "state")
        measure(os.path.realpath(sys.argv[1]), sys.argv[2], work)


if __name__ == "__main__":
    main()

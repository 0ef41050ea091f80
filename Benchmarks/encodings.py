#!/usr/bin/env python3
"""Measures how surely encodings are found out: encodings.py ARCHIVECTL FOLDER…

Cuts windows of 16 and 100 characters out of the texts in the folders (.txt, .new; UTF-8), at line starts, behind punctuation and
anywhere, writes each in every encoding to a file, imports the files, and compares what `archivectl show` says with the
window. Traditional text is made with OpenCC where its Python package is installed, else windows are taken that Big5 can write.
COUNT (100) windows each; SEED.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import opencc

    traditional = opencc.OpenCC("s2t").convert
except ImportError:
    def traditional(text):
        return text

COUNT, SEED = int(os.environ.get("COUNT", "100")), os.environ.get("SEED", "1")
ENCODINGS = ["gb18030", "gbk", "big5hkscs", "utf-16-le", "utf-16-be", "utf-8"]


def window(rng, texts, length):
    text = rng.choice(texts)
    where = rng.choice(["line", "sentence", "anywhere"])
    marks = {"line": "\n", "sentence": "。；，"}.get(where)
    starts = [i + 1 for i, c in enumerate(text[:-length]) if marks is None or c in marks] or [0]
    at = rng.choice(starts)
    return text[at:at + length]


def windows(rng, texts, length, encoding):
    """Windows of the texts with the bytes that `encoding` makes of them."""
    while True:
        text = window(rng, texts, length)
        if text.isascii() or not text.strip():
            continue
        try:
            yield text, text.encode(encoding)
        except UnicodeEncodeError:
            continue


def main():
    program, *folders = sys.argv[1:]
    texts = [f.read_text(encoding="utf-8") for folder in folders for f in sorted(pathlib.Path(folder).rglob("*")) if f.suffix in (".txt", ".new")]
    texts = [text for text in texts if not text.isascii() and len(text) > 200]
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--archive", f"{folder}/a.db"]
        subprocess.run([*command, "init"], check=True, stdout=subprocess.DEVNULL)
        for encoding in ENCODINGS:
            source = [traditional(text) for text in texts] if encoding.startswith("big5") else texts
            for length in (16, 100):
                measure(rng, command, pathlib.Path(folder) / f"{encoding}-{length}", source, encoding, length)


def measure(rng, command, folder, texts, encoding, length):
    folder.mkdir()
    expected = {}
    for number, (text, data) in zip(range(COUNT), windows(rng, texts, length, encoding)):
        (folder / f"{number}.txt").write_bytes(data)
        expected[f"{number}.txt"] = text
    answer = subprocess.run([*command, "import", "--json", "--split", "none", str(folder)], capture_output=True, text=True)
    right, read = 0, {}
    for item in json.loads(answer.stdout)["items"]:
        read[item["source"].rsplit("/", 1)[-1]] = item.get("id")
    for name, text in expected.items():
        if read.get(name):
            shown = json.loads(subprocess.run([*command, "show", "--json", read[name]], capture_output=True, text=True).stdout)
            right += shown["text"] == text
    print(f"{encoding:<10} {length:>4} characters: {right / COUNT:.1%} of {COUNT} right", flush=True)


main()

#!/usr/bin/env python3
"""Checks the test vectors in data-model.md, independently of the Swift code."""
import hashlib
import json
import pathlib
import re
import sys


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pairs(members):
    keys = [key for key, _ in members]
    if len(set(keys)) != len(keys):
        raise ValueError("a key is repeated")
    return dict(members)


def refuse(value):
    raise ValueError(f"not allowed: {value}")


def check_value(value):
    if isinstance(value, bool) or value is None or value in ("", [], {}):
        raise ValueError("empty, null or boolean")
    if isinstance(value, int) and abs(value) > 1 << 53:
        raise ValueError("an integer beyond 2^53")
    if isinstance(value, dict):
        for key, member in value.items():
            check_value(key)
            check_value(member)
    if isinstance(value, list):
        for member in value:
            check_value(member)


def write(value) -> str:
    if isinstance(value, str):
        escape = lambda match: {'"': '\\"', "\\": "\\\\"}.get(match[0], f"\\u{ord(match[0]):04x}")
        return '"' + re.sub(r'["\\\x00-\x1f]', escape, value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode())
        return "{" + ",".join(write(key) + ":" + write(member) for key, member in members) + "}"
    return str(value)


def read(text: str):
    value = json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)
    check_value(value)
    if write(value) != text:
        raise ValueError("not in canonical form")
    return value


def apply(base: bytes, splices) -> bytes:
    result, position = b"", 0
    for offset, removed, inserted in splices:
        assert position <= offset and offset + removed <= len(base)
        result += base[position:offset] + inserted.encode()
        position = offset + removed
    return result + base[position:]


def check(vector):
    if "sha256" in vector:
        assert sha256(vector["text"].encode()) == vector["sha256"]
    elif "revision" in vector:
        assert read(vector["revision"])["v"] == 1
        assert sha256(vector["revision"].encode()) == vector["id"]
    elif "chain" in vector:
        chain = bytes(32)
        for entry, expected in zip(vector["entries"], vector["chain"], strict=True):
            chain = hashlib.sha256(chain + bytes.fromhex(entry)).digest()
            assert chain.hex() == expected
    elif "splices" in vector:
        assert apply(vector["base"].encode(), json.loads(vector["splices"])) == vector["result"].encode()
    else:
        try:
            read(vector["refused"])
        except ValueError:
            return
        raise AssertionError("accepted what is not canonical")


def main():
    text = (pathlib.Path(__file__).parent / "data-model.md").read_text(encoding="utf-8")
    vectors = re.search(r"```vectors\n(.*?)```", text, re.DOTALL)[1].strip().split("\n")
    failed = 0
    for line in vectors:
        try:
            check(json.loads(line))
        except Exception as error:  # Every vector is reported, whatever is wrong with it.
            failed += 1
            print(f"vector failed: {line}: {error!r}", file=sys.stderr)
    print(f"vectors: {len(vectors) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()

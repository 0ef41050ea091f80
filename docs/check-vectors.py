#!/usr/bin/env python3
"""Checks the test vectors in data-model.md and sync-protocol.md, independently of the Swift code."""
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


def chacha20(key: bytes, blocks: int) -> bytes:
    """The key stream for a nonce of zeros, from block 1 on (RFC 8439, section 2.3)."""
    stream = b""
    for counter in range(1, blocks + 1):
        words = [int.from_bytes(b"expand 32-byte k"[i:i + 4], "little") for i in range(0, 16, 4)]
        words += [int.from_bytes(key[i:i + 4], "little") for i in range(0, 32, 4)] + [counter, 0, 0, 0]
        state = words[:]

        def quarter(a, b, c, d):
            for x, y, z, shift in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[x] = (state[x] + state[y]) % 2**32
                turned = state[z] ^ state[x]
                state[z] = (turned << shift | turned >> 32 - shift) % 2**32

        for _ in range(10):
            for column in range(4):
                quarter(column, column + 4, column + 8, column + 12)
            for column in range(4):
                quarter(column, (column + 1) % 4 + 4, (column + 2) % 4 + 8, (column + 3) % 4 + 12)
        stream += b"".join(((x + y) % 2**32).to_bytes(4, "little") for x, y in zip(state, words))
    return stream


def state_hash(heads) -> str:
    """Of pairs of an item and one of its heads."""
    total = [0] * 1024
    for item, head in heads:
        lanes = chacha20(hashlib.sha256(bytes.fromhex(item) + bytes.fromhex(head)).digest(), 32)
        for lane in range(1024):
            total[lane] = (total[lane] + int.from_bytes(lanes[2 * lane : 2 * lane + 2], "little")) % 65536
    return sha256(b"".join(lane.to_bytes(2, "little") for lane in total))


def unpack(frame: bytes) -> bytes:
    """The content of a zstd frame of one raw block (RFC 8878, with a content size of two bytes)."""
    assert frame[:5] == bytes.fromhex("28b52ffd60")
    size = int.from_bytes(frame[5:7], "little") + 256
    block = int.from_bytes(frame[7:10], "little")
    assert block == size << 3 | 1 and len(frame) == 10 + size
    return frame[10:]


def check_segment(vector):
    header, payload = read(vector["segment"]), bytes.fromhex(vector["payload"])
    assert sha256(payload) == header["sha256"] and len(payload) == header["length"]
    content, ids, texts = unpack(payload), [], {}
    while content:
        line, content = content.split(b"\n", 1)
        line = read(line.decode())
        entry, content = content[: line["bytes"]], content[line["bytes"] :]
        ids.append(sha256(entry))
        assert set(line) <= {"base", "bytes", "kind", "recorded", "text"} and line["recorded"] > 0
        assert line["kind"] == ("revision" if "v" in read(entry.decode()) else "fork")
        if "text" in line:
            text, content = content[: line["text"]], content[line["text"] :]
            if "base" in line:
                text = apply(texts[line["base"]], json.loads(text))
            assert sha256(text) == read(entry.decode())["text"]
            texts[sha256(text)] = text
        assert content[:1] == b"\n"
        content = content[1:]
    assert ids == vector["entries"] and len(ids) == header["last"] - header["first"] + 1
    chain = bytes.fromhex(header["previous"])
    for entry in ids:
        chain = hashlib.sha256(chain + bytes.fromhex(entry)).digest()
    assert chain.hex() == header["chain"]
    file = f"{header['first']:016}-{header['last']:016}-{header['chain']}-{header['sha256']}"
    assert vector["name"] == f"log/{header['replica']}/{file}" and vector["head"] == f"heads/{header['replica']}/{file}"


def tree(logs, depth=0) -> bytes:
    """The hash of a vector's logs, as (replica, (sequence, chain))."""
    if not logs:
        return hashlib.sha256(b"").digest()
    if len(logs) == 1:
        [(replica, (sequence, chain))] = logs
        return hashlib.sha256(bytes.fromhex(replica) + sequence.to_bytes(8, "big") + bytes.fromhex(chain)).digest()
    halves = [[log for log in logs if int(log[0], 16) >> (127 - depth) & 1 == bit] for bit in (0, 1)]
    return hashlib.sha256(tree(halves[0], depth + 1) + tree(halves[1], depth + 1)).digest()


def check(vector):
    if "segment" in vector:
        check_segment(vector)
    elif "header" in vector:
        header = read(vector["header"])
        file = f"{header['first']:016}-{header['last']:016}-{header['chain']}-{header['sha256']}"
        assert vector["name"] == f"log/{header['replica']}/{file}"
    elif "digest" in vector:
        logs = {} if vector["vector"] == "{}" else read(vector["vector"])
        assert tree(list(logs.items()))[:16].hex() == vector["digest"]
    elif "fork" in vector:
        assert read(vector["fork"]) == {"last": vector["last"], "replica": vector["replica"]}
        assert sha256(vector["fork"].encode()) == vector["id"]
    elif "stateHash" in vector:
        assert state_hash(vector["heads"]) == vector["stateHash"]
    elif "sha256" in vector:
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
    vectors = []
    for name in ["data-model.md", "sync-protocol.md"]:
        text = (pathlib.Path(__file__).parent / name).read_text(encoding="utf-8")
        vectors += re.search(r"```vectors\n(.*?)```", text, re.DOTALL)[1].strip().split("\n")
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

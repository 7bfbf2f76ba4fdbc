#!/usr/bin/env python3
"""Verifies a gemba ledger: verify.py LEDGER. Written from FORMAT.md; needs the package cryptography.
Compressed blobs are checked by their CRC only: the standard library has no zstd."""
import base64, hashlib, json, os, re, struct, sys, zlib
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

problems = []
path = lambda *parts: os.path.join(sys.argv[1], *parts)
sha = lambda b: hashlib.sha256(b).digest()
public_of = lambda line: base64.b64decode(line.split("+", 2)[2])[1:]
def read(*parts):
    with open(path(*parts), "rb") as f:
        return f.read()
def read_lines(name):
    return read("journals", name + ".jsonl").split(b"\n")[:-1] if name in journals else []
def merkle(leaves):
    """The root of RFC 6962, from the roots of complete subtrees."""
    peaks = []
    for n, h in enumerate(leaves):
        while n & 1:
            h, n = sha(b"\1" + peaks.pop() + h), n >> 1
        peaks.append(h)
    h = peaks.pop() if peaks else sha(b"")
    while peaks:
        h = sha(b"\1" + peaks.pop() + h)
    return h
def checkpoint(note, origin, publics):  # without public keys a checkpoint is not signed
    """Size and root that a checkpoint tells, None unless one of the keys signed it."""
    try:
        text, _, signatures = note.partition(b"\n\n")
        name, size, tree = text.decode().rstrip("\n").split("\n")
        for public in publics:
            _, signer, signed = signatures.decode().rstrip("\n").split(" ")
            signed = base64.b64decode(signed)
            if signer == name == origin and signed[:4] == sha(origin.encode() + b"\n\1" + public)[:4]:
                Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], text + b"\n")
                return int(size), base64.b64decode(tree)
        return None if publics else (int(size), base64.b64decode(tree))
    except (ValueError, IndexError, InvalidSignature):
        return None
def check_pack(name, good):
    data, at = read("packs", name), 8
    while len(data) - at >= 64 and zlib.crc32(data[at:at + 60]) == struct.unpack(">I", data[at + 60:at + 64])[0]:
        flags, digest, raw, stored, crc = struct.unpack(">4xI32sQQI", data[at:at + 60])
        payload, at = data[at + 64:at + 64 + stored], at + 64 + stored
        if len(payload) < stored:
            break
        if zlib.crc32(payload) != crc or not flags & 1 and (sha(payload) != digest or raw != stored):
            problems.append(f"packs/{name}: blob corrupt")
        else:
            good.add("sha256:" + digest.hex())
def check_journal(name, publics, origin, listed, blobs):
    if name not in journals:
        return problems.append(f"{name}: journal removed")
    lines = read_lines(name)
    leaves = [sha(b"\0" + line) for line in lines]
    try:
        own = checkpoint(read("journals", name + ".checkpoint"), origin, publics)
        stored = read("journals", name + ".hashes")
    except FileNotFoundError as e:
        return len(lines) > 1 and problems.append(f"{name}: {os.path.basename(e.filename)} removed")
    hashes = [stored[i:i + 32] for i in range(0, len(stored) // 32 * 32, 32)]
    if own is None or merkle(hashes[:own[0]]) != own[1]:
        problems.append(f"{name}: checkpoint or hashes not what was signed")
    wrong = [n + 1 for n, h in enumerate(hashes) if leaves[n:n + 1] != [h]]
    problems.extend(f"{name}, entry {n}: not what was written" for n in wrong[:1])
    bad = [size for size, tree in listed if size > len(leaves) or merkle(leaves[:size]) != tree]
    problems.extend(f"{name}: not what was listed at {size} entries" for size in bad)
    for n, line in enumerate(lines):
        named = re.findall('"(sha256:[0-9a-f]{64})"', line.decode(errors="replace"))
        problems.extend(f"{name}, entry {n + 1}: blob {d} missing or corrupt" for d in named if d not in blobs)
    print(f"{name}: {len(lines)} entries, {own[0] if own else 0} of them in its checkpoint")

assert read("format") == b"gemba ledger 1\n", "unknown format"
keys = [public_of(read("keys", f).decode()) for f in os.listdir(path("keys"))]
journals = {f[:-6] for f in os.listdir(path("journals")) if f.endswith(".jsonl")}
blobs, listed, key_of, closed, prefix = set(), {}, {}, {}, "github.com/gemba-ml/gemba/"
for pack in os.listdir(path("packs")):
    check_pack(pack, blobs)
entries = [json.loads(line) for line in read_lines("ledger")] or [{}]
for e in entries[1:]:
    j, key_of[e["journal"]] = e["journal"], e.get("key")
    state = checkpoint(e["checkpoint"].encode(), prefix + j, [public_of(e["key"])] if "key" in e else []) or (1 << 62, b"")
    listed.setdefault(j, []).append(state)
    closed[j] = state[0] if e["state"] == "closed" else 1 << 62
if "ledger" in journals or blobs:
    check_journal("ledger", keys if "key" in entries[0] else [], prefix + entries[0].get("ledger", ""), [], blobs)
for j in sorted((journals | set(listed)) - {"ledger"}):
    lines = read_lines(j)
    if j not in listed and len(lines) > 1 or len(lines) > closed.get(j, 1 << 62):
        problems.append(f"{j}: not listed, or goes on behind its closing")
    key = key_of.get(j, json.loads(lines[0]).get("key") if lines and j not in listed else None)
    if key and public_of(key) not in keys:
        problems.append(f"{j}: unknown key")
    check_journal(j, [public_of(key)] if key else [], prefix + j, listed.get(j, []), blobs)
print("\n".join(problems) or "verified")
sys.exit(4 if problems else 0)

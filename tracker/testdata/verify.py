#!/usr/bin/env python3
"""Verifies a gemba ledger: verify.py LEDGER. Written from FORMAT.md; needs the package cryptography.
Compressed blobs are checked by their CRC only: the standard library has no zstd."""
import base64, hashlib, json, os, re, struct, sys, zlib
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

problems = []
path = lambda *parts: os.path.join(sys.argv[1], *parts)
sha = lambda b: hashlib.sha256(b).digest()
regular = lambda p: os.path.isfile(p) and not os.path.islink(p)
files = lambda folder, end: [f for f in os.listdir(path(folder)) if f.endswith(end) and regular(path(folder, f))]
def read(*parts):
    with open(path(*parts) if regular(path(*parts)) else "", "rb") as f:
        return f.read()
def attempt(f, otherwise):  # when bytes are not what f expects
    try:
        return f()
    except (ValueError, TypeError, LookupError, InvalidSignature):
        return otherwise
public_of = lambda line: attempt(lambda: base64.b64decode(line.split("+", 2)[2])[1:], b"")
entry_of = lambda line: attempt(lambda: dict(json.loads(line)), {})
read_lines = lambda name: read("journals", name + ".jsonl").split(b"\n")[:-1] if name in journals else []
def merkle(leaves):  # RFC 6962, section 2.1
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + merkle(leaves[:k]) + merkle(leaves[k:]))
def checkpoint(note, origin, publics):
    """Size and root that a checkpoint tells, an exception unless a key signed it; without keys it is not signed."""
    text, _, signatures = note.partition(b"\n\n")
    name, size, tree = text.decode().rstrip("\n").split("\n")
    for public in publics:
        _, signer, signed = signatures.decode().rstrip("\n").split(" ")
        signed = base64.b64decode(signed)
        if signer == name == origin and signed[:4] == sha(origin.encode() + b"\n\1" + public)[:4]:
            Ed25519PublicKey.from_public_bytes(public).verify(signed[4:], text + b"\n")
            return int(size), base64.b64decode(tree)
    return [(int(size), base64.b64decode(tree))][len(publics)]  # nobody may have signed
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
        note, stored = read("journals", name + ".checkpoint"), read("journals", name + ".hashes")
    except FileNotFoundError:
        return (len(lines) > 1 or listed) and problems.append(f"{name}: checkpoint or hashes removed")
    own = attempt(lambda: checkpoint(note, origin, publics), (0, b""))
    hashes = [stored[i:i + 32] for i in range(0, len(stored) // 32 * 32, 32)]
    if merkle(hashes[:own[0]]) != own[1]:
        problems.append(f"{name}: checkpoint or hashes not what was signed")
    wrong = [n + 1 for n, h in enumerate(hashes) if leaves[n:n + 1] != [h]]
    problems.extend(f"{name}, entry {n}: not what was written" for n in wrong[:1])
    bad = [size for size, tree in listed if size > len(leaves) or merkle(leaves[:size]) != tree]
    problems.extend(f"{name}: not what was listed at {size} entries" for size in bad)
    for n, line in enumerate(lines):
        problems.extend([f"{name}, entry {n + 1}: not an entry"] * (n >= own[0] and "kind" not in entry_of(line)))
        named = re.findall('"(sha256:[0-9a-f]{64})"', line.decode(errors="replace"))
        problems.extend(f"{name}, entry {n + 1}: blob {d} missing or corrupt" for d in named if d not in blobs)
    print(f"{name}: {len(lines)} entries, {own[0]} of them in its checkpoint")

if not regular(path("format")) or read("format") != b"gemba ledger 1\n":
    problems.append("unknown format")
keys = [public_of(read("keys", f).decode(errors="replace")) for f in files("keys", "")]
journals = {f[:-6] for f in files("journals", ".jsonl")}
blobs, listed, key_of, closed, prefix = set(), {}, {}, {}, "github.com/gemba-ml/gemba/"
for pack in files("packs", ".pack"):
    check_pack(pack, blobs)
entries = [entry_of(line) for line in read_lines("ledger")] or [{}]
for e in (e for e in entries if e.get("kind") == "journal.checkpoint"):
    j = e.get("journal", "")
    key = key_of.setdefault(j, e.get("key"))
    state = attempt(lambda: checkpoint(e["checkpoint"].encode(), prefix + j, [public_of(key)] if key else []), (1 << 62, b""))
    listed.setdefault(j, []).append(state)
    closed[j] = state[0] if e.get("state") == "closed" else 1 << 62
if "ledger" in journals or blobs:
    check_journal("ledger", keys if "key" in entries[0] else [], prefix + entries[0].get("ledger", ""), [], blobs)
for j in sorted((journals | set(listed)) - {"ledger"}):
    size, opening = len(read_lines(j)), entry_of(b"".join(read_lines(j)[:1]))
    if j not in listed and (size > 1 or size and opening.get("kind") != "journal.opened") or size > closed.get(j, 1 << 62):
        problems.append(f"{j}: not listed, or goes on behind its closing")
    key = key_of[j] if j in listed else opening.get("key")
    if key and public_of(key) not in keys:
        problems.append(f"{j}: unknown key")
    check_journal(j, [public_of(key)] if key else [], prefix + j, listed.get(j, []), blobs)
print("\n".join(problems) or "verified")
sys.exit(4 if problems else 0)

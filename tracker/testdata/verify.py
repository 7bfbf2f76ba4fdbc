#!/usr/bin/env python3
"""Verifies a gemba ledger: verify.py LEDGER. Written from FORMAT.md; needs the package cryptography.
Where this Python has no zstd (3.14 has, or a package), compressed blobs are checked by their CRC only, and
documents among them are not looked into."""
import base64, hashlib, importlib, json, os, re, struct, sys, tarfile, zlib
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

problems, archived, kept, recipes, removed, lost, unread = [], {}, {}, {}, {}, {}, 0
path = lambda *parts: os.path.join(sys.argv[1], *parts)
sha = lambda b: hashlib.sha256(b).digest()
regular = lambda p: os.path.isfile(p) and not os.path.islink(p)
files = lambda folder, end: sorted(f for f in os.listdir(path(folder)) if f.endswith(end) and f[0] != "." and regular(path(folder, f)))
def read(*parts, at=0, size=-1):
    name = path(*parts)
    if parts[-1] in archived and not os.path.lexists(name):
        name, at, size = archived[parts[-1]]
    with open(name if regular(name) else "", "rb") as f:
        f.seek(at)
        return f.read(size)
def attempt(f, otherwise):  # when bytes are not what f expects
    try:
        return f()
    except (ValueError, TypeError, LookupError, InvalidSignature):
        return otherwise
public_of = lambda line: attempt(lambda: base64.b64decode(line.split("+", 2)[2])[1:], b"")
entry_of = lambda line: attempt(lambda: dict(json.loads(line)), {})
read_lines = lambda name: read("journals", name + ".jsonl").split(b"\n")[:-1] if name in journals else []
def zstd(payload):
    for name in "compression.zstd", "backports.zstd", "zstandard":
        try:
            return importlib.import_module(name).decompress(payload)
        except ImportError:
            pass
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
def read_archive(name):
    try:
        with tarfile.open(path("journals", name), "r:") as tar:
            for m in tar:
                archived.setdefault(m.name, (path("journals", name), m.offset_data, m.size))
    except tarfile.TarError as e:
        problems.append(f"journals/{name}: {e}")
def blob(d):  # None: it is not there in one piece, or compressed and there is no zstd
    pack, at, size, flags = kept.get(d) or ("", 0, 0, 3)
    return attempt(lambda: (zstd if flags & 1 else bytes)(read("packs", pack, at=at, size=size)), b"") if pack else None
def check_pack(name):
    data, at = read("packs", name), 8
    while len(data) - at >= 64 and zlib.crc32(data[at:at + 60]) == struct.unpack(">I", data[at + 60:at + 64])[0]:
        flags, digest, raw, stored, crc = struct.unpack(">4xI32sQQI", data[at:at + 60])
        payload, start, at = data[at + 64:at + 64 + stored], at + 64, at + 64 + stored
        if len(payload) < stored:
            break
        b = zstd(payload) if flags & 1 else payload  # None: cannot be told
        if zlib.crc32(payload) != crc or b is not None and not flags & 2 and (sha(b) != digest or raw != len(b)):
            problems.append(f"packs/{name}: blob corrupt")
        elif flags & 2:
            recipes["sha256:" + digest.hex()] = b, raw, digest
        else:
            kept["sha256:" + digest.hex()] = name, start, stored, flags
def check_recipe(name, b, raw, digest):
    """Whether the chunks of a large blob are there, and are the blob."""
    parts = [("sha256:" + b[i:i + 32].hex(), int.from_bytes(b[i + 32:i + 40], "big")) for i in range(0, len(b or b""), 40)]
    if b is None or any(d not in kept for d, _ in parts):
        return b is None
    whole, known = hashlib.sha256(), True
    for d, _ in parts:
        whole.update(blob(d) or b"")
        known = known and blob(d) is not None
    if sum(n for _, n in parts) != raw or known and whole.digest() != digest:
        problems.append(f"blob {name}: its chunks are not the blob")
    return True
def digests(value, member=""):
    for name, v in value.items() if isinstance(value, dict) else [(member, v) for v in value]:
        if isinstance(v, (dict, list)):
            yield from digests(v, name)
        elif isinstance(v, str) and re.fullmatch("sha256:[0-9a-f]{64}", v):
            yield v, name in ("tree", "changes", "observed", "environment", "profile", "checks", "removed")
def check_needed(line, where, seen):
    """Finds the blobs that a line needs, itself or through documents, and that are not there."""
    for d, document in attempt(lambda: list(digests([json.loads(line)])), []):
        if d not in kept:
            lost.setdefault(d, where)
        elif document and d not in seen:
            seen.add(d)
            for inner in (blob(d) or b"").splitlines():
                check_needed(inner, where, seen)
def read_removed(line):
    global unread
    e = entry_of(line)
    b = blob(e.get("removed"))
    unread += e.get("count", 0) if b is None else 0
    for inner in (b or b"").splitlines():
        removed["sha256:" + entry_of(inner).get("sha256", "")] = e["reason"]
def check_journal(name, publics, origin, listed):
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
        check_needed(line, f"{name}, entry {n + 1}", walked)
    print(f"{name}: {len(lines)} entries, {own[0]} of them in its checkpoint")

if not regular(path("format")) or read("format") != b"gemba ledger 1\n":
    problems.append("unknown format")
keys = [public_of(read("keys", f).decode(errors="replace")) for f in files("keys", "")]
for tar in files("journals", ".tar"):
    read_archive(tar)
journals = {f[:-6] for f in files("journals", ".jsonl") + list(archived) if f.endswith(".jsonl")}
listed, key_of, closed, prefix, walked = {}, {}, {}, "github.com/gemba-ml/gemba/", set()
for pack in files("packs", ".pack"):
    check_pack(pack)
kept.update({name: None for name, recipe in recipes.items() if name not in kept and check_recipe(name, *recipe)})
entries = [entry_of(line) for line in read_lines("ledger")] or [{}]
for e in (e for e in entries if e.get("kind") == "journal.checkpoint"):
    j = e.get("journal", "")
    key = key_of.setdefault(j, e.get("key"))
    state = attempt(lambda: checkpoint(e["checkpoint"].encode(), prefix + j, [public_of(key)] if key else []), (1 << 62, b""))
    listed.setdefault(j, []).append(state)
    closed[j] = state[0] if e.get("state") == "closed" else 1 << 62
if "ledger" in journals or kept:
    check_journal("ledger", keys if "key" in entries[0] else [], prefix + entries[0].get("ledger", ""), [])
for j in sorted((journals | set(listed)) - {"ledger"}):
    size, opening = len(read_lines(j)), entry_of(b"".join(read_lines(j)[:1]))
    if j not in listed and (size > 1 or size and opening.get("kind") != "journal.opened") or size > closed.get(j, 1 << 62):
        problems.append(f"{j}: not listed, or goes on behind its closing")
    key = key_of[j] if j in listed else opening.get("key")
    if key and public_of(key) not in keys:
        problems.append(f"{j}: unknown key")
    check_journal(j, [public_of(key)] if key else [], prefix + j, listed.get(j, []))
    for line in read_lines(j):
        if b'"blobs.removed"' in line[:32]:
            read_removed(line)
gone = [d for d in lost if d in removed]
missing = [d for d in lost if d not in removed]
for reason in sorted({removed[d] for d in gone}):
    print(f"{sum(removed[d] == reason for d in gone)} blobs were {reason}")
if 0 < len(missing) <= unread:
    print(f"{len(missing)} blobs are missing; {unread} were removed, in lists that cannot be read here: no zstd")
else:
    problems.extend(f"{lost[d]}: blob {d} missing or corrupt" for d in missing)
print("\n".join(problems) or "verified")
sys.exit(4 if problems else 0)

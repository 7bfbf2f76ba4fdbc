package journal

import (
	"bytes"
	"os"

	"github.com/gemba-ml/gemba/tracker"
)

// tampers are the ways to alter a ledger, and what Verify must say of each.
var tampers = map[string]struct {
	alter func(*sample)
	want  []string
}{
	"nothing": {func(s *sample) {}, nil},
	"change a byte": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte {
				l[6] = bytes.Replace(l[6], []byte(`"count":6`), []byte(`"count":9`), 1)
				return l
			})
		},
		[]string{"journals/J.jsonl, entry 7: entry changed"},
	},
	"change the opening entry": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte {
				l[0] = bytes.Replace(l[0], []byte(`"gemba":"test"`), []byte(`"gemba":"fake"`), 1)
				return l
			})
		},
		[]string{"journals/J.jsonl, entry 1: entry changed"},
	},
	"drop an entry": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { return append(l[:4:4], l[5:]...) })
		},
		[]string{"journals/J.jsonl, entry 5: entry dropped"},
	},
	"drop two": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { return append(append(l[:4:4], l[5:10]...), l[11:]...) })
		},
		[]string{"journals/J.jsonl, entry 5: entry dropped", "journals/J.jsonl, entry 11: entry dropped"},
	},
	"swap two": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { l[3], l[9] = l[9], l[3]; return l })
		},
		[]string{"journals/J.jsonl, entry 4: entry moved", "journals/J.jsonl, entry 10: entry moved"},
	},
	"insert an entry": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte {
				fake := []byte(`{"kind":"gap","time":"2026-01-01T00:00:00Z","reason":"none"}` + "\n")
				return append(append(l[:8:8], fake), l[8:]...)
			})
		},
		[]string{"journals/J.jsonl, entry 9: entry inserted"},
	},
	"append an entry": {
		func(s *sample) {
			s.edit(s.lines(s.name), func(b []byte) []byte {
				return append(b, `{"kind":"gap","time":"2026-01-01T00:00:00Z","reason":"none"}`+"\n"...)
			})
		},
		[]string{"journals/J.jsonl, entry 23: entry inserted"},
	},
	"truncate": {
		func(s *sample) { s.edit(s.lines(s.name), func(b []byte) []byte { return b[:len(b)-500] }) },
		[]string{"journals/J.jsonl, entry 20: journal truncated"},
	},
	"truncate all three files, and sign what is left with the old key": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { return l[:10] })
			s.edit(s.hashes(s.name), func(b []byte) []byte { return b[:320] })
			s.forge(s.key)
		},
		[]string{"journals/J.jsonl, entry 11: journal rolled back"},
	},
	"remove a journal": {
		func(s *sample) { s.remove(s.lines(s.name), s.hashes(s.name), s.checkpoint(s.name)) },
		[]string{"journals/J.jsonl: journal removed"},
	},
	"remove the ledger-wide journal": {
		func(s *sample) { s.remove(s.lines(LedgerWide)) },
		[]string{"journals/J.jsonl: journal not listed ledger-wide", "journals/O.jsonl: journal not listed ledger-wide", "journals/ledger.jsonl: journal removed"},
	},
	"drop a journal and its lines ledger-wide": {
		func(s *sample) {
			s.remove(s.lines(s.name), s.hashes(s.name), s.checkpoint(s.name))
			s.editLines(LedgerWide, func(l [][]byte) [][]byte { return append(l[:1:1], l[3:]...) })
		},
		[]string{"journals/ledger.jsonl, entry 2: entry dropped", "journals/ledger.jsonl, entry 3: entry dropped"},
	},
	"remove a checkpoint": {
		func(s *sample) { s.remove(s.checkpoint(s.name)) },
		[]string{"journals/J.checkpoint: checkpoint removed"},
	},
	"remove the hashes": {
		func(s *sample) { s.remove(s.hashes(s.name)) },
		[]string{"journals/J.hashes: hashes damaged"},
	},
	"change a hash": {
		func(s *sample) { s.edit(s.hashes(s.name), func(b []byte) []byte { b[100]++; return b }) },
		[]string{"journals/J.hashes: hashes damaged"},
	},
	"change an entry and its hash": {
		func(s *sample) {
			s.edit(s.hashes(s.name), func(b []byte) []byte { b[100]++; return b })
			s.editLines(s.name, func(l [][]byte) [][]byte { l[3] = bytes.Replace(l[3], []byte(`3`), []byte(`4`), 1); return l })
		},
		[]string{"journals/J.jsonl: entry changed"},
	},
	"sign with another key": {
		func(s *sample) { s.forge(NewKey()) },
		[]string{"journals/J.checkpoint: checkpoint not signed by the journal's key"},
	},
	"another journal's checkpoint": {
		func(s *sample) {
			b, err := os.ReadFile(s.checkpoint(s.ids[1].String()))
			if err != nil {
				s.t.Fatal(err)
			}
			s.edit(s.checkpoint(s.name), func([]byte) []byte { return b })
		},
		[]string{"journals/J.checkpoint: checkpoint not signed by the journal's key"},
	},
	"write the journal anew with another key": {
		func(s *sample) {
			key := NewKey()
			s.editLines(s.name, func(l [][]byte) [][]byte {
				l[0] = bytes.Replace(l[0], []byte(s.key.verifierKey(origin(s.ids[0]))), []byte(key.verifierKey(origin(s.ids[0]))), 1)
				return l
			})
			s.remove(s.hashes(s.name))
			s.forge(key)
		},
		[]string{
			"journals/J.checkpoint: checkpoint not signed by the journal's key",
			"journals/J.jsonl: journal rolled back", "journals/J.jsonl: journal rolled back",
			"journals/J.jsonl, entry 1: key differs from the one recorded",
		},
	},
	"remove the public key": {
		func(s *sample) { s.remove(s.layout.key(s.key.ID())) },
		[]string{
			"journals/J.jsonl, entry 1: key not among the ledger's keys", "journals/O.jsonl, entry 1: key not among the ledger's keys",
			"journals/ledger.checkpoint: checkpoint not signed by the journal's key",
		},
	},
	"plant a journal of one entry": {
		func(s *sample) {
			cell := `{"kind":"cell.started","time":"2026-01-01T00:00:00Z","count":1}` + "\n"
			if err := os.WriteFile(s.lines(tracker.ID{1}.String()), []byte(cell), 0o644); err != nil {
				s.t.Fatal(err)
			}
		},
		[]string{"journals/01000000000000000000000000000000.jsonl, entry 1: journal not listed ledger-wide"},
	},
	"a folder instead of a journal": {
		func(s *sample) {
			s.remove(s.lines(s.name))
			if err := os.Mkdir(s.lines(s.name), 0o755); err != nil {
				s.t.Fatal(err)
			}
		},
		[]string{"journals/J.jsonl: journal removed"},
	},
	"garbage in the ledger-wide journal": {
		func(s *sample) {
			s.editLines(LedgerWide, func(l [][]byte) [][]byte { l[2] = []byte("\xff{[\n"); return l })
		},
		[]string{"journals/ledger.jsonl, entry 3: entry changed"},
	},
	"garbage in the public key": {
		func(s *sample) {
			s.edit(s.layout.key(s.key.ID()), func([]byte) []byte { return []byte("gemba+\xff+\xff") })
		},
		[]string{
			"journals/J.jsonl, entry 1: key not among the ledger's keys", "journals/O.jsonl, entry 1: key not among the ledger's keys",
			"journals/ledger.checkpoint: checkpoint not signed by the journal's key",
		},
	},
	"rename a journal": {
		func(s *sample) {
			other := tracker.ID{1}.String()
			for _, file := range []func(string) string{s.lines, s.hashes, s.checkpoint} {
				if err := os.Rename(file(s.name), file(other)); err != nil {
					s.t.Fatal(err)
				}
			}
		},
		[]string{
			"journals/01000000000000000000000000000000.jsonl: journal not listed ledger-wide",
			"journals/01000000000000000000000000000000.jsonl, entry 1: entry moved",
			"journals/J.jsonl: journal removed",
		},
	},
	"change a blob": {
		func(s *sample) { s.edit(s.pack(s.ids[1]), func(b []byte) []byte { b[8+headerSize+2] ^= 1; return b }) },
		[]string{"journals/O.jsonl, entry 2: blob corrupt", "packs/O.pack: blob corrupt"},
	},
	"remove a pack": {
		func(s *sample) { s.remove(s.pack(s.ids[1])) },
		[]string{"journals/O.jsonl, entry 2: blob missing", "journals/O.jsonl, entry 3: blob missing", "journals/O.jsonl, entry 4: blob missing"},
	},
}

// headerSize is that of a frame in a pack.
const headerSize = 64

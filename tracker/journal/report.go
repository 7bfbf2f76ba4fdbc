package journal

import (
	"fmt"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
)

// Fault is a kind of problem that Verify finds.
type Fault string

// The faults. Entries are numbered as lines are: the first is 1.
const (
	Changed           Fault = "entry changed"
	Dropped           Fault = "entry dropped"
	Inserted          Fault = "entry inserted"
	Moved             Fault = "entry moved"
	Truncated         Fault = "journal truncated"
	RolledBack        Fault = "journal rolled back"
	JournalRemoved    Fault = "journal removed"
	CheckpointRemoved Fault = "checkpoint removed"
	CheckpointBad     Fault = "checkpoint not signed by the journal's key"
	KeyForged         Fault = "key differs from the one recorded"
	KeyUnknown        Fault = "key not among the ledger's keys"
	HashesDamaged     Fault = "hashes damaged"
	Unlisted          Fault = "journal not listed ledger-wide"
	NotAnEntry        Fault = "not an entry"
	BlobMissing       Fault = "blob missing"
	BlobCorrupt       Fault = "blob corrupt"
	DocumentBad       Fault = "document cannot be read"
	Unreadable        Fault = "unreadable"
)

// Problem is one thing that is wrong with a ledger.
type Problem struct {
	Fault  Fault  `json:"fault"`
	File   string `json:"file"`            // relative to the ledger
	Entry  int64  `json:"entry,omitempty"` // 0: no particular one
	Detail string `json:"detail,omitempty"`
}

// String returns the problem as a line for people.
func (p Problem) String() string {
	s := p.File
	if p.Entry > 0 {
		s += fmt.Sprintf(", entry %d", p.Entry)
	}
	s += ": " + string(p.Fault)
	if p.Detail != "" {
		s += ": " + p.Detail
	}
	return s
}

// JournalReport tells how one journal stands.
type JournalReport struct {
	Name    string `json:"name"` // its id, or "ledger"
	State   State  `json:"state,omitempty"`
	Entries int64  `json:"entries"`
	Signed  int64  `json:"signed"`         // how many of them the checkpoint covers; later ones are recorded, not yet signed
	Root    string `json:"root,omitempty"` // of the tree over all entries, base64
	Key     string `json:"key,omitempty"`  // id of the key that signed; empty: not signed
	Torn    int64  `json:"torn,omitempty"` // bytes of a last line that its writer did not finish
}

// Report is what Verify found.
type Report struct {
	Dir      string          `json:"dir"`
	Format   int             `json:"format"`
	Ledger   tracker.ID      `json:"ledger,omitzero"`
	Journals []JournalReport `json:"journals"` // the ledger-wide one first
	Entries  int64           `json:"entries"`
	Unsigned int64           `json:"unsigned"` // of Entries, behind their journal's checkpoint
	Blobs    int64           `json:"blobs"`    // in the packs, every one read
	Removed  []Removed       `json:"removed,omitempty"`
	Problems []Problem       `json:"problems,omitempty"`
}

// Removed counts blobs that entries name and that were removed for one reason: their bytes cannot be checked.
type Removed struct {
	Reason string `json:"reason"` // "purged", "evicted" or "collected"
	Remote string `json:"remote,omitempty"`
	Blobs  int64  `json:"blobs"`
	Bytes  int64  `json:"bytes"`
}

// addRemoved counts a blob that was removed.
func (r *Report) addRemoved(t Tombstone) {
	i := slices.IndexFunc(r.Removed, func(x Removed) bool { return x.Reason == t.Reason && x.Remote == t.Remote })
	if i < 0 {
		i = len(r.Removed)
		r.Removed = append(r.Removed, Removed{Reason: t.Reason, Remote: t.Remote})
	}
	r.Removed[i].Blobs++
	r.Removed[i].Bytes += t.Size
}

// OK reports whether nothing is wrong.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// Proves says what a report without problems proves.
func Proves() []string {
	return []string{
		"Every entry up to its journal's checkpoint is the one that was signed: none was changed, dropped, inserted or moved since.",
		"Every journal that the ledger-wide journal lists is there, and holds at least what was listed.",
		"Every blob that an entry names, directly or through documents, has the bytes that its digest names, or a tombstone says why it was removed.",
	}
}

// ProvesNot says what it does not prove.
func ProvesNot() []string {
	return []string{
		"Whose keys they are: compare their ids with those that you know. Whoever holds one of them can list journals, or leave them out.",
		"Anything about entries that are not signed: those behind the last checkpoint, and those of journals without a key.",
		"That a journal which no one closed or listed as cut did not lose its end together with an older checkpoint.",
		"That the holder of a key did not write another history and sign that.",
		"That nobody put an older copy of the whole ledger in its place.",
		"Anything about the index, from which log, show and sql answer: gemba reindex makes it anew from the journals.",
		"The time: it is what the writer's clock said. Order is that of the entries.",
		"That nothing happened which was not recorded; known gaps are entries of their own.",
	}
}

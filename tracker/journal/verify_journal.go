package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/note"

	"github.com/gemba-ml/gemba/tracker"
)

// checkJournal checks one journal against its checkpoint, its hashes, its blobs, and the
// ledger-wide journal.
func (v *verification) checkJournal(id tracker.ID) JournalReport {
	name := id.String()
	state, err := v.State(id)
	if err != nil {
		v.unreadable(v.lines(name), err)
	}
	report := JournalReport{Name: name, State: state}
	listed := v.register.of(id)
	key, problems := v.keyOf(id, listed)
	own, file, bad := v.ownCheckpoint(name, verifierOf(key)...)
	problems = append(problems, bad...)
	e, err := v.gather(name, sizes(own, listed.states), v.named(name, own))
	if err != nil {
		v.unreadable(v.lines(name), err)
		return report
	}
	more, err := v.judge(name, e, own, listed.states)
	if err != nil {
		v.unreadable(v.lines(name), err)
	}
	if len(more) == 0 {
		more = v.behindClosing(name, e, listed)
	}
	problems = append(problems, more...)
	problems = append(problems, v.openingFaults(id, e, listed, file)...)
	v.problem(problems...)
	if own != nil && key != "" {
		report.Key = keyID(publicOf(key))
	}
	report.fill(e, own)
	return report
}

func (r *JournalReport) fill(e *evidence, own *checkpoint) {
	r.Entries, r.Root, r.Torn = e.lines.n, e.lines.root().String(), e.torn
	if r.Key != "" {
		r.Signed = min(own.size, e.lines.n)
	}
}

// keyOf returns the verifier key of a journal: what the ledger-wide journal lists, else what the
// journal says itself.
func (v *verification) keyOf(id tracker.ID, listed *listed) (string, []Problem) {
	file := v.relative(v.lines(id.String()))
	key := listed.key
	if said := v.opening(id); said != nil {
		switch {
		case said.Journal != id:
			return said.Key, []Problem{{Moved, file, 1, fmt.Sprintf("it is journal %s under another name", said.Journal)}}
		case len(listed.states) == 0:
			key = said.Key
		case key != said.Key:
			return key, []Problem{{KeyForged, file, 1, "the ledger-wide journal lists another one"}}
		}
	}
	if key == "" {
		return "", nil
	}
	if verifier, err := note.NewVerifier(key); err != nil || verifier.Name() != origin(id) {
		return key, []Problem{{KeyForged, file, 1, "it is not a key of this journal"}}
	}
	if !v.knows(publicOf(key)) {
		return key, []Problem{{KeyUnknown, file, 1, "keys/" + keyID(publicOf(key)) + ".pub is missing or another key"}}
	}
	return key, nil
}

// opening returns a journal's first entry, nil when it is none that opens a journal.
func (v *verification) opening(id tracker.ID) *tracker.JournalOpenedEntry {
	for r, err := range v.Entries(id, Position{}) {
		if opened, ok := r.Entry.(*tracker.JournalOpenedEntry); ok && err == nil {
			return opened
		}
		break
	}
	return nil
}

func (v *verification) knows(public []byte) bool {
	return bytes.Equal(v.publicKeys()[keyID(public)+".pub"], public)
}

// ownCheckpoint reads a journal's checkpoint file and reports whether it is there. A checkpoint that
// is not signed as it must be counts for nothing.
func (v *verification) ownCheckpoint(name string, verifiers ...note.Verifier) (*checkpoint, bool, []Problem) {
	path := v.checkpoint(name)
	b, err := v.readSmall(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, []Problem{{Unreadable, v.relative(path), 0, err.Error()}}
	}
	c, err := openCheckpoint(b, verifiers...)
	if err != nil {
		return nil, true, []Problem{{CheckpointBad, v.relative(path), 0, err.Error()}}
	}
	return &c, true, nil
}

func sizes(own *checkpoint, listed []checkpoint) (all []int64) {
	for _, c := range listed {
		all = append(all, c.size)
	}
	if own != nil {
		all = append(all, own.size)
	}
	return all
}

// openingFaults tells what is missing around a journal. One that holds no more than its opening entry
// may lack the rest: its writer was killed while it opened.
func (v *verification) openingFaults(id tracker.ID, e *evidence, listed *listed, checkpoint bool) (problems []Problem) {
	name := id.String()
	if !checkpoint && (e.lines.n > 1 || len(listed.states) > 0) {
		problems = append(problems, Problem{CheckpointRemoved, v.relative(v.checkpoint(name)), 0, ""})
	}
	file := v.relative(v.lines(name))
	if _, opens := e.first.(*tracker.JournalOpenedEntry); !opens && e.lines.n == 1 && len(listed.states) == 0 {
		problems = append(problems, Problem{Unlisted, file, 1, "it is no opening entry, which alone may go without"})
	}
	if len(listed.states) == 0 && e.lines.n > 1 && !v.listedSince(id) {
		problems = append(problems, Problem{Unlisted, file, 0, "it was put here, or the ledger-wide journal was altered"})
	}
	return problems
}

// behindClosing finds entries that follow the end of a closed journal.
func (v *verification) behindClosing(name string, e *evidence, listed *listed) []Problem {
	if listed.closed == 0 || e.lines.n <= listed.closed {
		return nil
	}
	return []Problem{{Inserted, v.relative(v.lines(name)), listed.closed + 1, "the journal was closed before it"}}
}

// listedSince reports whether a journal was listed while this verification went on.
func (v *verification) listedSince(id tracker.ID) bool {
	now, err := v.readListing()
	return err == nil && len(now.of(id).states) > 0
}

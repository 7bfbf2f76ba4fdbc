package journal

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Verify reads every byte of the ledger in dir and tells what is wrong with it. It only reads, and
// may run while journals are written. Its error says that the ledger could not be read at all.
func Verify(ctx context.Context, dir string) (*Report, error) {
	ledger, err := Open(dir)
	if err != nil {
		return nil, err
	}
	ids, err := ledger.Journals() // before the ledger-wide journal is read: one opened meanwhile is listed there
	if err != nil {
		return nil, err
	}
	v := &verification{Ledger: ledger, report: &Report{Dir: dir, Format: Format}}
	if err := v.checkPacks(); err != nil {
		return nil, err
	}
	v.checkRegister(len(ids) > 0)
	v.checkJournals(ctx, ids)
	v.checkRemoved(ids)
	slices.SortFunc(v.report.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Entry, b.Entry))
	})
	return v.report, ctx.Err()
}

// verification is one run of Verify.
type verification struct {
	*Ledger
	good     map[tracker.Digest]struct{} // blobs that are what their digest names
	bad      map[tracker.Digest]struct{} // blobs that are not, wherever they are
	register listing

	mu     sync.Mutex
	report *Report
}

func (v *verification) problem(p ...Problem) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Problems = append(v.report.Problems, p...)
}

func (v *verification) unreadable(path string, err error) {
	v.problem(Problem{Unreadable, v.relative(path), 0, err.Error()})
}

// relative returns a path as problems show it.
func (l layout) relative(path string) string {
	if rel, err := filepath.Rel(l.dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// checkPacks reads every blob.
func (v *verification) checkPacks() error {
	v.good, v.bad = make(map[tracker.Digest]struct{}), make(map[tracker.Digest]struct{})
	return blob.Check(v.packs(), func(pack string, f blob.Frame, fault error) {
		if fault == nil {
			v.good[f.Digest] = struct{}{}
			v.report.Blobs++
			return
		}
		v.bad[f.Digest] = struct{}{}
		v.problem(Problem{BlobCorrupt, "packs/" + pack, 0, fault.Error()})
	})
}

// checkJournals checks all journals, as many at a time as there are processors.
func (v *verification) checkJournals(ctx context.Context, ids []tracker.ID) {
	reports := make([]JournalReport, len(ids))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(len(ids), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				reports[i] = v.checkJournal(ids[i])
			}
		})
	}
	for i := range ids {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	v.report.Journals = append(v.report.Journals, reports...)
	for _, r := range v.report.Journals {
		v.report.Entries += r.Entries
		v.report.Unsigned += r.Entries - r.Signed
	}
}

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
	report.fill(e, own, key)
	return report
}

func (r *JournalReport) fill(e *evidence, own *checkpoint, key string) {
	r.Entries, r.Root, r.Torn = e.lines.n, e.lines.root().String(), e.torn
	if own != nil && key != "" {
		r.Signed = min(own.size, e.lines.n)
		r.Key = keyID(publicOf(key))
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

func verifierOf(key string) []note.Verifier {
	if key == "" {
		return nil
	}
	if v, err := note.NewVerifier(key); err == nil {
		return []note.Verifier{v}
	}
	return []note.Verifier{nobody{}}
}

// ownCheckpoint reads a journal's checkpoint file and reports whether it is there. A checkpoint that
// is not signed as it must be counts for nothing.
func (v *verification) ownCheckpoint(name string, verifiers ...note.Verifier) (*checkpoint, bool, []Problem) {
	path := v.checkpoint(name)
	b, err := os.ReadFile(path)
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

// checkRemoved finds journals that are listed and not there.
func (v *verification) checkRemoved(ids []tracker.ID) {
	for _, id := range v.register.order {
		if _, found := slices.BinarySearchFunc(ids, id, func(a, b tracker.ID) int { return bytes.Compare(a[:], b[:]) }); found {
			continue
		}
		if _, err := os.Stat(v.lines(id.String())); errors.Is(err, fs.ErrNotExist) {
			v.problem(Problem{JournalRemoved, v.relative(v.lines(id.String())), 0, "it is listed ledger-wide"})
		}
	}
}

// named returns a visitor that makes sure that each blob a line names is there, and that lines behind
// the checkpoint, which nothing else vouches for, are entries.
func (v *verification) named(name string, own *checkpoint) visitor {
	file, faults := v.relative(v.lines(name)), 0
	return func(n int64, _ tlog.Hash, line []byte) {
		if faults >= maxProblems {
			return
		}
		for d := range digestsIn(line) {
			if fault := v.blobFault(d); fault != "" {
				v.problem(Problem{fault, file, n, d.String()})
				faults++
			}
		}
		if own == nil || n > own.size {
			if _, err := tracker.DecodeEntry(line); err != nil {
				v.problem(Problem{NotAnEntry, file, n, ""})
				faults++
			}
		}
	}
}

// blobFault tells what is wrong with a blob, empty when nothing is.
func (v *verification) blobFault(d tracker.Digest) Fault {
	if _, ok := v.good[d]; ok {
		return ""
	}
	if _, bad := v.bad[d]; bad {
		return BlobCorrupt
	}
	if _, err := v.Blob(d); err != nil { // unless it was written since the packs were read
		return BlobMissing
	}
	return ""
}

// digestsIn yields the digests that a line names: every JSON string "sha256:" with 64 digits.
func digestsIn(line []byte) func(yield func(tracker.Digest) bool) {
	return func(yield func(tracker.Digest) bool) {
		for {
			i := bytes.Index(line, digestPrefix)
			if i < 0 {
				return
			}
			line = line[i+len(digestPrefix):]
			var d tracker.Digest
			if n := hex.EncodedLen(len(d)); len(line) > n && line[n] == '"' {
				if _, err := hex.Decode(d[:], line[:n]); err == nil && !yield(d) {
					return
				}
			}
		}
	}
}

var digestPrefix = []byte(`"sha256:`)

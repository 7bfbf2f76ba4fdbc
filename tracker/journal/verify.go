package journal

import (
	"bytes"
	"cmp"
	"context"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/gemba-ml/gemba/tracker"
)

// Verify reads every byte of the ledger in dir and tells what is wrong with it. It only reads, and
// may run while journals are written. Its error says that the ledger could not be read at all.
func Verify(ctx context.Context, dir string) (*Report, error) {
	return VerifyTelling(ctx, dir, func(_, _ int64) {})
}

// VerifyTelling is Verify for who waits for it: tell is called now and then, one call at a time, with how many bytes are read, of how many.
func VerifyTelling(ctx context.Context, dir string, tell func(done, total int64)) (*Report, error) {
	ledger, err := Open(dir)
	if err != nil {
		return nil, err
	}
	ids, err := ledger.Journals() // before the ledger-wide journal is read: one opened meanwhile is listed there
	if err != nil {
		return nil, err
	}
	v := &verification{Ledger: ledger, ctx: ctx, report: &Report{Dir: dir, Format: Format}}
	v.prepareRemoved()
	v.measure(tell)
	if err := v.checkPacks(); err != nil {
		return nil, err
	}
	v.checkArchives()
	v.checkRegister(v.report.Blobs > 0) // a journal that holds no blob misses its listing itself
	v.checkJournals(ctx, ids)
	v.checkRemoved(ids)
	slices.SortFunc(v.report.Removed, func(a, b Removed) int {
		return cmp.Or(cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Remote, b.Remote))
	})
	slices.SortFunc(v.report.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Entry, b.Entry))
	})
	tell(v.total, v.total)
	return v.report, ctx.Err()
}

// VerifyJournals checks some journals as Verify does, but not what their entries name: which of their entries a key vouches for. A journal's
// report has as many signed entries as that is true of; of one with problems it is not known for any.
func (l *Ledger) VerifyJournals(ctx context.Context, ids []tracker.ID) (reports []JournalReport, problems [][]Problem, err error) {
	v := &verification{Ledger: l, ctx: ctx, report: &Report{}, linesOnly: true}
	v.checkRegister(true)
	around := v.report.Problems
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		v.report.Problems = nil
		reports = append(reports, v.checkJournal(id))
		problems = append(problems, slices.Concat(v.report.Problems, around))
	}
	return reports, problems, nil
}

// verification is one run of Verify.
type verification struct {
	*Ledger
	ctx        context.Context
	good       map[tracker.Digest]struct{} // blobs that are what their digest names
	bad        map[tracker.Digest]struct{} // blobs that are not, wherever they are
	tombstones func() map[tracker.Digest]Tombstone
	register   listing
	linesOnly  bool // what lines name is not looked at

	tell  func(done, total int64)
	total int64

	mu      sync.Mutex
	done    int64                       // bytes
	walked  map[tracker.Digest]struct{} // documents
	removed map[tracker.Digest]struct{} // blobs that are missing for a reason
	report  *Report
}

// measure finds how much there is to read.
func (v *verification) measure(tell func(done, total int64)) {
	v.tell = tell
	for _, dir := range []string{v.packs(), v.journals()} {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // what cannot be read is told where it is checked
			if err == nil && d.Type().IsRegular() && filepath.Ext(path) != ".hashes" {
				if info, err := d.Info(); err == nil {
					v.total += info.Size()
				}
			}
			return nil
		})
	}
	v.tell(0, v.total)
}

// read counts bytes that were read, and tells of each step of some.
func (v *verification) read(n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.done / toldBytes
	if v.done += n; v.done/toldBytes != before {
		v.tell(min(v.done, v.total), v.total)
	}
}

// toldBytes is after how many bytes it is told how far a check is.
const toldBytes = 4 << 20

func (v *verification) problem(p ...Problem) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.report.Problems = append(v.report.Problems, p...)
}

func (v *verification) unreadable(path string, err error) {
	v.problem(Problem{Unreadable, v.relative(path), 0, err.Error()})
}

// relative returns a path as problems show it: that of a file in an archive begins with the archive's.
func (l layout) relative(path string) string {
	path = l.archives.place(path)
	if rel, err := filepath.Rel(l.dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
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

// checkArchives tells of archives that are damaged.
func (v *verification) checkArchives() {
	for name, fault := range v.archives.damaged() {
		v.unreadable(filepath.Join(v.journals(), name), fault)
	}
}

// checkRemoved finds journals that are listed and not there.
func (v *verification) checkRemoved(ids []tracker.ID) {
	for _, id := range v.register.order {
		if _, found := slices.BinarySearchFunc(ids, id, func(a, b tracker.ID) int { return bytes.Compare(a[:], b[:]) }); found {
			continue
		}
		if !v.exists(v.lines(id.String())) { // else it was made since they were listed
			v.problem(Problem{JournalRemoved, v.relative(v.lines(id.String())), 0, "it is listed ledger-wide"})
		}
	}
}

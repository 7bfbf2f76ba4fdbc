package journal

import (
	"errors"
	"io/fs"

	"github.com/gemba-ml/gemba/tracker"
)

// The states in which the ledger-wide journal lists a journal.
const (
	stateOpened = "opened"
	stateClosed = "closed"
	stateCut    = "cut"    // found by another writer: its own was gone
	stateCopied = "copied" // taken from another ledger, where it may have grown since
)

// listing is what the ledger-wide journal says.
type listing struct {
	opened   tracker.LedgerOpenedEntry
	journals map[tracker.ID]*listed
	order    []tracker.ID
	trusting bool // it does not check signatures, which takes long: who asks checks those that matter
}

// listed is what it says of one journal.
type listed struct {
	key    string
	states []checkpoint
	closed int64 // entries when it was closed, 0: it was not
	ended  bool  // its last state is known: it was closed, or found cut
}

// of returns what is listed of a journal, never nil.
func (l *listing) of(id tracker.ID) *listed {
	if j, ok := l.journals[id]; ok {
		return j
	}
	return &listed{}
}

// add takes one entry.
func (l *listing) add(e tracker.Entry) {
	switch e := e.(type) {
	case *tracker.LedgerOpenedEntry:
		if l.opened.Ledger.IsZero() {
			l.opened = *e
		}
	case *tracker.CheckpointEntry:
		c := checkpoint{size: -1} // matches no journal
		if !l.trusting {
			if signed, err := openCheckpoint([]byte(e.Checkpoint), verifierOf(e.Key)...); err == nil {
				c = signed
			}
		}
		j, ok := l.journals[e.Journal]
		if !ok {
			j = &listed{key: e.Key}
			l.journals[e.Journal] = j
			l.order = append(l.order, e.Journal)
		}
		j.states = append(j.states, c)
		j.ended = e.State != stateOpened
		if e.State == stateClosed {
			j.closed = c.size
		}
	}
}

// readListing reads the ledger-wide journal.
func (l layout) readListing() (listing, error) { return l.readInto(listing{}) }

// readStates reads which journals are listed and how, without checking what is signed.
func (l layout) readStates() (listing, error) { return l.readInto(listing{trusting: true}) }

func (l layout) readInto(all listing) (listing, error) {
	all.journals = make(map[tracker.ID]*listed)
	file, err := openRegular(l.lines(LedgerWide))
	if err != nil {
		return all, err
	}
	defer func() { _ = file.Close() }()
	for r, err := range Read(file, tracker.ID{}, Position{}) {
		if err == nil {
			all.add(r.Entry)
		}
	}
	return all, nil
}

// checkRegister checks the ledger-wide journal itself; needed says that there is something that it must list.
func (v *verification) checkRegister(needed bool) {
	var err error
	v.register, err = v.readListing()
	if errors.Is(err, fs.ErrNotExist) {
		if needed {
			v.problem(Problem{JournalRemoved, v.relative(v.lines(LedgerWide)), 0, "it lists the other journals"})
		}
		return
	}
	if err != nil {
		v.unreadable(v.lines(LedgerWide), err)
		return
	}
	opened := v.register.opened
	v.report.Ledger = opened.Ledger
	own, file, problems := v.ownCheckpoint(LedgerWide, v.verifiers(opened.Ledger, opened.Key)...)
	e, err := v.gather(LedgerWide, sizes(own, nil), v.named(LedgerWide, own))
	if err != nil {
		v.unreadable(v.lines(LedgerWide), err)
		return
	}
	more, err := v.judge(LedgerWide, e, own, nil)
	if err != nil {
		v.unreadable(v.lines(LedgerWide), err)
	}
	problems = append(problems, more...)
	if !file && e.lines.n > 1 {
		problems = append(problems, Problem{CheckpointRemoved, v.relative(v.checkpoint(LedgerWide)), 0, ""})
	}
	v.problem(problems...)
	report := JournalReport{Name: LedgerWide}
	if own != nil && opened.Key != "" {
		report.Key = v.signerOf(opened.Ledger, own.signer)
	}
	report.fill(e, own)
	v.report.Journals = append(v.report.Journals, report)
}

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Imports takes journals from other ledgers into one: each is staged, which verifies it, and then all are admitted. Stage
// may be called from several goroutines.
type Imports struct {
	layout
	key  *Key
	lock *os.File // shared by all imports under way
}

// importPrefix is how the names of staged files begin.
const importPrefix = ".import."

// BeginImports begins to import. What earlier imports left that were killed is removed.
func (l *Ledger) BeginImports(key *Key) (*Imports, error) {
	l.removeStaged()
	lock, err := l.importLock()
	if err != nil {
		return nil, fmt.Errorf("import journals: %w", err)
	}
	im := &Imports{l.layout, key, lock}
	for { // somebody removes leftovers at this moment, which is quick
		ok, err := tryLock(lock, true)
		if ok {
			return im, nil
		}
		if err != nil {
			im.Close()
			return nil, fmt.Errorf("import journals: %w", err)
		}
		time.Sleep(time.Millisecond)
	}
}

// Close ends the importing.
func (im *Imports) Close() { _ = im.lock.Close() } // closing unlocks

func (l layout) importLock() (*os.File, error) {
	return os.OpenFile(filepath.Join(l.dir, "import.lock"), os.O_RDWR|os.O_CREATE, 0o644)
}

// removeStaged removes what killed imports left, unless an import is under way. What fails is left to the next one.
func (l layout) removeStaged() {
	files, _ := os.ReadDir(l.journals())
	var left []string
	for _, file := range files {
		if strings.HasPrefix(file.Name(), importPrefix) && file.Type().IsRegular() {
			left = append(left, file.Name())
		}
	}
	if len(left) == 0 {
		return
	}
	lock, err := l.importLock()
	if err != nil {
		return
	}
	defer func() { _ = lock.Close() }()
	if alone, err := tryLock(lock, false); err != nil || !alone {
		return
	}
	for _, name := range left {
		_ = os.Remove(filepath.Join(l.journals(), name))
	}
}

// admitAtOnce is how many journals are admitted before other writers may use the ledger-wide journal again.
const admitAtOnce = 256

// Admit puts staged journals where they belong, and lists them in the ledger-wide journal. A journal that is here already
// must begin or go on as the staged one does, else its Err tells so; the longer one stays.
func (im *Imports) Admit(list []*Staged, now time.Time) error {
	for len(list) > 0 {
		n := min(admitAtOnce, len(list))
		if err := im.admit(list[:n], now); err != nil {
			return fmt.Errorf("import journals: %w", err)
		}
		list = list[n:]
	}
	return nil
}

// admit admits some journals. The ledger-wide journal stays locked meanwhile: two imports of one journal would mix its files.
func (im *Imports) admit(list []*Staged, now time.Time) error {
	r, err := im.openRegister(im.key, now)
	if err != nil {
		return err
	}
	defer func() { _ = r.file.Close() }() // everything is synced; this lets the lock go
	a := &admission{Imports: im, register: r, now: now}
	if err := a.judge(list); err != nil {
		return err
	}
	err = a.place()
	return errors.Join(err, r.commit())
}

// admission is one turn at the ledger-wide journal.
type admission struct {
	*Imports
	register *register
	now      time.Time
	fresh    []*Staged // of which there is nothing here
	grown    []*Staged
}

// judge tells which journals are news, refuses those that contradict what is here, and lists those that are here and not
// listed: an import was killed before it.
func (a *admission) judge(list []*Staged) error {
	here, err := a.here()
	if err != nil {
		return err
	}
	listed := sync.OnceValues(a.readStates)
	for _, s := range list {
		if !here[s.Journal] {
			a.fresh = append(a.fresh, s)
			continue
		}
		news, err := a.compare(s)
		switch {
		case errors.Is(err, ErrConflict) || errors.Is(err, ErrCorrupt):
			s.Err = fmt.Errorf("import journal %s: %w", s.Journal, err)
		case err != nil:
			return fmt.Errorf("journal %s: %w", s.Journal, err)
		case news:
			a.grown = append(a.grown, s)
		default:
			states, err := listed()
			if err == nil && len(states.of(s.Journal).states) == 0 {
				err = a.register.append(s.entry(a.now))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// here returns the journals that have lines here.
func (a *admission) here() (map[tracker.ID]bool, error) {
	ids, err := (&Ledger{layout: a.layout}).Journals()
	here := make(map[tracker.ID]bool, len(ids))
	for _, id := range ids {
		here[id] = true
	}
	return here, err
}

// compare tells whether a journal is news, and refuses one that contradicts what is here.
func (a *admission) compare(s *Staged) (news bool, err error) {
	have, err := (&Ledger{layout: a.layout}).Signed(s.Journal)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrNotSigned) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	n := 0
	err = have.Each(0, func(line []byte) error {
		if n++; n <= len(s.leaves) && tlog.RecordHash(line) != s.leaves[n-1] {
			return fmt.Errorf("%w: entry %d here is not the one that comes", ErrConflict, n)
		}
		return nil
	})
	return n < len(s.leaves), err
}

// place puts the files where they belong, in an order that leaves a ledger in order at each moment. As long as a
// journal has no lines here, the rest of it counts for nothing, so they come last; later they come first, as a writer's do.
// A journal is listed at once: one that is there and not listed is a fault.
func (a *admission) place() error {
	all := append(append([]*Staged{}, a.fresh...), a.grown...)
	if len(all) == 0 {
		return nil
	}
	synced := func() error { return blob.SyncDir(a.journals()) }
	return inOrder(
		func() error { return each(all, a.keepKeys) },
		func() error { return each(a.fresh, a.forgetHashes) }, // a longer journal may have left them
		func() error { return atOnce(a.fresh, a.writeSigned) },
		synced,
		func() error { return each(all, a.placeLines) },
		synced,
		func() error { return atOnce(a.grown, a.writeSigned) },
		synced,
	)
}

func inOrder(steps ...func() error) (err error) {
	for _, step := range steps {
		if err = step(); err != nil {
			return err
		}
	}
	return nil
}

func each(list []*Staged, do func(*Staged) error) error {
	for _, s := range list {
		if err := do(s); err != nil {
			return fmt.Errorf("journal %s: %w", s.Journal, err)
		}
	}
	return nil
}

// atOnce is each for what mostly waits for the disk.
func atOnce(list []*Staged, do func(*Staged) error) error {
	var all errgroup.Group
	all.SetLimit(16)
	for _, s := range list {
		all.Go(func() error { return each([]*Staged{s}, do) })
	}
	return all.Wait()
}

// keepKeys puts the public keys that the journal and its listing need into the ledger.
func (a *admission) keepKeys(s *Staged) error {
	if public := publicOf(s.opened.Key); public != nil {
		line, err := note.NewEd25519VerifierKey("gemba", public)
		if err != nil {
			return err
		}
		if err := writeOnce(a.layout.key(keyID(public)), []byte(line+"\n"), 0o644); err != nil {
			return err
		}
	}
	return a.keepKey(a.Imports.key)
}

func (a *admission) forgetHashes(s *Staged) error {
	err := os.Remove(a.hashes(s.Journal.String()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// writeSigned writes a journal's leaf hashes and checkpoint; whoever calls it syncs the folder.
func (a *admission) writeSigned(s *Staged) error {
	name := s.Journal.String()
	if err := writeHashes(a.hashes(name), 0, s.leaves); err != nil {
		return err
	}
	tmp, err := writeTemp(a.checkpoint(name), s.checkpoint, 0o644)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, a.checkpoint(name)); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return nil
}

func (a *admission) placeLines(s *Staged) error {
	if err := os.Rename(s.file, a.lines(s.Journal.String())); err != nil {
		return err
	}
	s.file, s.Gained = "", true
	if err := a.register.append(s.entry(a.now)); err != nil {
		return err
	}
	return a.register.flush()
}

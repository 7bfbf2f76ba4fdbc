package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

// Format is the newest ledger format that this program reads, and the one that it writes.
const Format = 1

// layout names the files of a ledger, and finds those that are in archives.
type layout struct {
	dir      string
	archives *archives
}

func newLayout(dir string) layout {
	l := layout{dir: dir}
	l.archives = newArchives(l.journals())
	return l
}

// LedgerWide is the name of the ledger-wide journal, in files and reports, where the others have their id.
const LedgerWide = "ledger"

func (l layout) format() string            { return filepath.Join(l.dir, "format") }
func (l layout) journals() string          { return filepath.Join(l.dir, "journals") }
func (l layout) packs() string             { return filepath.Join(l.dir, "packs") }
func (l layout) keys() string              { return filepath.Join(l.dir, "keys") }
func (l layout) lines(name string) string  { return filepath.Join(l.journals(), name+".jsonl") }
func (l layout) hashes(name string) string { return filepath.Join(l.journals(), name+".hashes") }
func (l layout) checkpoint(name string) string {
	return filepath.Join(l.journals(), name+".checkpoint")
}
func (l layout) pack(journal tracker.ID) string {
	return filepath.Join(l.packs(), journal.String()+".pack")
}
func (l layout) key(id string) string { return filepath.Join(l.keys(), id+".pub") }

// Errors that a caller may want to tell apart.
var (
	ErrNoLedger = errors.New("no ledger here")
	ErrNewer    = errors.New("the ledger was written by a newer gemba")
	ErrCorrupt  = errors.New("the ledger is corrupt")
)

const formatPrefix = "gemba ledger "

// checkFormat reads the file that says which format the ledger has.
func (l layout) checkFormat() (int, error) {
	b, err := l.readSmall(l.format())
	if errors.Is(err, fs.ErrNotExist) && l.hasJournals() {
		b, err = l.readSmall(l.format()) // who makes the ledger meanwhile writes it before the journals
	}
	if errors.Is(err, fs.ErrNotExist) {
		if l.hasJournals() {
			return 0, fmt.Errorf("open ledger: %w: its journals are there and %s is not: put it back; that of this program says %q",
				ErrCorrupt, l.format(), formatPrefix+"1")
		}
		return 0, fmt.Errorf("open ledger %s: %w", l.dir, ErrNoLedger)
	}
	if err != nil {
		return 0, fmt.Errorf("open ledger: %w", err)
	}
	line, ended := strings.CutSuffix(string(b), "\n")
	digits, ok := strings.CutPrefix(line, formatPrefix)
	version, err := strconv.Atoi(digits)
	if !ended || !ok || err != nil || version < 1 {
		return 0, fmt.Errorf("open ledger: %w: %s does not say a format: want %q", ErrCorrupt, l.format(), formatPrefix+"1")
	}
	if version > Format {
		return version, fmt.Errorf("open ledger %s: %w: it has format %d, this program knows up to %d: install a newer gemba",
			l.dir, ErrNewer, version, Format)
	}
	return version, nil
}

// hasJournals reports whether there is a journal, which no writer makes before the file that says the format.
func (l layout) hasJournals() bool {
	files, _ := os.ReadDir(l.journals()) // a folder that is not there has none
	return slices.ContainsFunc(files, func(f fs.DirEntry) bool {
		return strings.HasSuffix(f.Name(), ".jsonl") || strings.HasSuffix(f.Name(), archiveEnd)
	})
}

// errIrregular says that something else is where the ledger has a file: a pipe, a link, a folder.
var errIrregular = errors.New("not a regular file")

func checkRegular(path string) error {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errIrregular}
	}
	return err
}

// openRegular opens a file of the ledger for reading. It never waits, as opening a pipe would.
func openRegular(path string) (*os.File, error) {
	if err := checkRegular(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// create makes what is missing of a ledger's folders and constant files. Several processes may do so at once.
func (l layout) create() error {
	if _, err := l.checkFormat(); err != nil && !errors.Is(err, ErrNoLedger) {
		return err
	}
	for _, dir := range []string{l.dir, l.journals(), l.packs(), l.keys()} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("create ledger: %w", err)
		}
	}
	if err := writeOnce(filepath.Join(l.dir, ".gitignore"), []byte("*\n"), 0o644); err != nil {
		return fmt.Errorf("create ledger: %w", err)
	}
	if err := writeOnce(l.format(), fmt.Appendf(nil, "%s%d\n", formatPrefix, Format), 0o644); err != nil {
		return fmt.Errorf("create ledger: %w", err)
	}
	return nil
}

// writeOnce makes the file at path unless it exists. Of several processes one wins, and none ever
// sees a part of it.
func writeOnce(path string, b []byte, mode fs.FileMode) error {
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	tmp, err := writeTemp(path, b, mode)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp) }()
	err = os.Link(tmp, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return blob.SyncDir(filepath.Dir(path))
	}
	return replace(tmp, path) // a file system without links
}

// writeAtomic replaces the file at path by b, whole or not at all.
func writeAtomic(path string, b []byte) error {
	tmp, err := writeTemp(path, b, 0o644)
	if err != nil {
		return err
	}
	return replace(tmp, path)
}

func replace(tmp, path string) error {
	if err := os.Rename(tmp, path); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	return blob.SyncDir(filepath.Dir(path))
}

// writeTemp writes b durably to a new file beside path.
func writeTemp(path string, b []byte, mode fs.FileMode) (string, error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return tmp.Name(), err
}

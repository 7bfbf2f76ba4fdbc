package track

import (
	"bufio"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// Values that cells keep for each other are files in the folder kept of the session's track logs: a line of JSON that tells what it
// is, and the value. FORMAT.md has the bytes.

// ErrNotKept says that no value has that name.
var ErrNotKept = errors.New("no such value is kept")

// errNoSession is for programs outside of notebooks.
var errNoSession = errors.New("values are kept in the session of a notebook, and this program belongs to none")

// StaleError says that a value is no longer what running the notebook again would give, and why.
type StaleError struct{ Name, Reason string }

// Error tells what to do about it.
func (e *StaleError) Error() string {
	return fmt.Sprintf("the kept value %q is stale: %s; run the cell that keeps it again", e.Name, e.Reason)
}

// MaxKept is how many bytes the values of a session may have together.
const MaxKept = 4 << 30

// keptHead is the first line of a kept value.
type keptHead struct {
	Name      string            `json:"name"`
	ID        string            `json:"id"`     // of the bytes that follow: the first 16 bytes of their SHA-256
	Format    string            `json:"format"` // of the bytes that follow
	Type      string            `json:"type,omitempty"`
	Execution string            `json:"execution,omitempty"` // that kept it
	Uses      map[string]string `json:"uses,omitempty"`      // kept values that the program had got by then: their ids
}

// gobFormat is the format of Go values: encoding/gob, which holds data and no code. It leaves unexported fields out.
const gobFormat = "gob"

// Keep keeps a value for later cells of the notebook's session, each of which is a program of its own. A value of the same name is
// replaced. Values are removed with the session.
func Keep(name string, value any) error {
	return keepAs(here(), keptHead{Name: name, Format: gobFormat, Type: fmt.Sprintf("%T", value)}, func(w io.Writer) error {
		return gob.NewEncoder(w).Encode(value)
	})
}

// Get returns the value that a cell kept. The error is a *StaleError when the code of that cell, a file that it read or a
// kept value that it had got has changed since; the value is returned all the same.
func Get[T any](name string) (value T, err error) {
	err = getAs(here(), name, gobFormat, func(r io.Reader) error { return gob.NewDecoder(r).Decode(&value) })
	return value, err
}

// KeepStream is Keep for what has a format of its own, whose name GetStream has to give again.
func KeepStream(name, format string, write func(io.Writer) error) error {
	return keepAs(here(), keptHead{Name: name, Format: format}, write)
}

// GetStream is Get for what KeepStream kept.
func GetStream(name, format string, read func(io.Reader) error) error {
	return getAs(here(), name, format, read)
}

// keptFolder is where the values of a session are.
func (p *program) keptFolder() (string, error) {
	if p.Session == "" {
		return "", errNoSession
	}
	return filepath.Join(p.Folder, "kept"), nil
}

// keptFile is the name of a value's file: names are the user's, and may be anything.
func keptFile(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:16]) + ".value"
}

// keepAs writes a value under another name first, so that a value is whole or not there.
func keepAs(p *program, h keptHead, write func(io.Writer) error) error {
	dir, err := p.keptFolder()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("keep %q: %w", h.Name, err)
	}
	h.Execution = p.Execution
	p.mu.Lock()
	h.Uses = maps.Clone(p.got)
	p.mu.Unlock()
	delete(h.Uses, h.Name) // what it was before is replaced: its own past makes no value stale
	f, err := os.CreateTemp(dir, "*.tmp")
	if err != nil {
		return fmt.Errorf("keep %q: %w", h.Name, err)
	}
	err = errors.Join(writeKept(f, &h, roomFor(dir, h.Name), write), f.Close())
	if err == nil {
		_ = os.Remove(filepath.Join(dir, h.ID+".stale")) // the same bytes, made again
		err = os.Rename(f.Name(), filepath.Join(dir, keptFile(h.Name)))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("keep %q: %w", h.Name, err)
	}
	return nil
}

// writeKept writes a head and a value, and then the head again: the value's id is known only now.
func writeKept(f *os.File, h *keptHead, room int64, write func(io.Writer) error) error {
	h.ID = strings.Repeat("0", 32)
	head, err := json.Marshal(h)
	if err == nil {
		_, err = f.Write(append(head, '\n'))
	}
	if err != nil {
		return err
	}
	sum := sha256.New()
	b := bufio.NewWriterSize(io.MultiWriter(&bounded{f, room}, sum), 1<<20)
	if err := errors.Join(careful(func() error { return write(b) }), b.Flush()); err != nil {
		return err
	}
	h.ID = hex.EncodeToString(sum.Sum(nil)[:16])
	if head, err = json.Marshal(h); err == nil {
		_, err = f.WriteAt(head, 0)
	}
	return err
}

// careful turns a panic into an error: encoding/gob panics where a value is nil.
func careful(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return do()
}

// roomFor is how many bytes a value may have, beside those of the others.
func roomFor(dir, name string) int64 {
	room := int64(MaxKept)
	list, _ := os.ReadDir(dir)
	for _, d := range list {
		if info, err := d.Info(); err == nil && d.Name() != keptFile(name) {
			room -= info.Size()
		}
	}
	return room
}

// bounded is a writer of so many bytes.
type bounded struct {
	io.Writer
	room int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.room -= int64(len(p)); b.room < 0 {
		return 0, fmt.Errorf("the values of a session may have %d GB together", int64(MaxKept)>>30)
	}
	return b.Writer.Write(p)
}

func getAs(p *program, name, format string, read func(io.Reader) error) error {
	dir, err := p.keptFolder()
	if err != nil {
		return fmt.Errorf("get %q: %w", name, err)
	}
	f, err := os.Open(filepath.Join(dir, keptFile(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("get %q: %w in this session; its cells keep: %s", name, ErrNotKept, keptNames(dir))
	}
	if err != nil {
		return fmt.Errorf("get %q: %w", name, err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	h, err := readKeptHead(r)
	if err == nil && h.Format != format {
		err = fmt.Errorf("it was kept as %q, and asked for as %q", h.Format, format)
	}
	if err == nil {
		err = h.named(careful(func() error { return read(r) }))
	}
	if err != nil {
		return fmt.Errorf("get %q: %w", name, err)
	}
	p.mu.Lock()
	if p.got == nil {
		p.got = map[string]string{}
	}
	p.got[name] = h.ID
	p.mu.Unlock()
	if reason := staleness(dir, h, map[string]bool{}); reason != "" {
		return &StaleError{name, reason}
	}
	return nil
}

// named adds to an error what the value is.
func (h keptHead) named(err error) error {
	if err == nil || h.Type == "" {
		return err
	}
	return fmt.Errorf("it was kept as %s: %w", h.Type, err)
}

func readKeptHead(r *bufio.Reader) (h keptHead, err error) {
	line, err := r.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &h)
	}
	return h, err
}

// keptNames lists what is kept, for a message.
func keptNames(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.value"))
	var names []string
	for _, file := range files {
		if h, err := headOf(file); err == nil {
			names = append(names, fmt.Sprintf("%q", h.Name))
		}
	}
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

func headOf(file string) (keptHead, error) {
	f, err := os.Open(file)
	if err != nil {
		return keptHead{}, err
	}
	defer f.Close()
	return readKeptHead(bufio.NewReader(f))
}

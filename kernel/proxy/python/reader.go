package python

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Reader reads what the hook of one process wrote. It may be used from several goroutines.
type Reader struct {
	path string

	mu      sync.Mutex
	at      int64 // what is before has been read
	session *Session
	cells   map[string]*cell // that were not asked for yet
	order   []string
	asked   []string // cells that were asked for last
	between int      // files and processes that no cell is known for
}

// maxCells is how many cells that nobody asked for are remembered.
const maxCells = 256

// NewReader returns a reader of the file that Setup was given. It need not be there yet.
func NewReader(spool string) *Reader {
	return &Reader{path: spool, cells: map[string]*cell{}}
}

// Session returns what the process told of itself; false when it has not yet.
func (r *Reader) Session() (Session, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.read() // what cannot be read now is read by the next one
	if r.session == nil {
		return Session{}, false
	}
	return *r.session, true
}

// Read returns what is known of a cell, by the id of the message that asked for its execution. It is to be called once, when the
// cell has ended. Found is false when the hook told nothing: then, as when it did not tell all, Seen.Missed says so, and
// Seen.Children that only the work tree's change tells of files.
func (r *Reader) Read(msgID string) (facts wire.Facts, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.read()
	c := r.take(msgID)
	if c == nil {
		c = newCell()
	} else {
		found = true
	}
	switch {
	case err != nil:
		c.unseen("what the cell did: " + err.Error())
	case !found:
		c.unseen("what the cell did: the kernel's hook told nothing of it, it was removed or the kernel ended")
	case !c.ended:
		c.unseen("what the cell did at its end: the kernel's hook did not tell of it, it was removed or the kernel ended")
	}
	if r.between > 0 {
		c.miss(fmt.Sprintf("files and processes of threads and callbacks between cells: there were %d", r.between))
		r.between = 0
	}
	return c.facts(), found
}

// take returns what is known of a cell, and forgets it.
func (r *Reader) take(id string) *cell {
	c := r.cells[id]
	delete(r.cells, id)
	if r.asked = append(r.asked, id); len(r.asked) > maxCells {
		r.asked = r.asked[1:]
	}
	if nameless := r.cells[""]; nameless != nil {
		delete(r.cells, "")
		if c == nil {
			return nameless
		}
	}
	return c
}

// read takes in the lines that are new. A last line without its end stays for the next time.
func (r *Reader) read() error {
	f, err := os.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	all, err := io.ReadAll(io.NewSectionReader(f, r.at, 1<<62))
	r.at += int64(len(all) - len(r.lines(all)))
	return err
}

// lines takes in lines, and returns what is not whole yet. A writer may have been killed, or no room left, in the middle of one: what
// is no line is passed over.
func (r *Reader) lines(all []byte) (rest []byte) {
	for {
		end := bytes.IndexByte(all, '\n')
		if end < 0 {
			return all
		}
		var l line
		behind := all[end+1:]
		if end > 0 && json.Unmarshal(all[:end], &l) == nil {
			if l.Raw > 0 && l.Raw >= len(behind) {
				return all
			}
			if l.Raw > 0 && behind[l.Raw] == '\n' {
				l.read = strings.Split(string(behind[:l.Raw]), "\x00")
				behind = behind[l.Raw:]
			}
			r.add(&l)
		}
		all = behind
	}
}

func (r *Reader) add(l *line) {
	if l.Session != nil {
		if r.session == nil { // programs that it starts are not what is asked for
			r.session = l.Session
		}
		return
	}
	if l.Cell == nil || *l.Cell != "" && slices.Contains(r.asked, *l.Cell) {
		r.between += len(l.Wrote) + len(l.Run) + len(l.Exec) + len(l.read)
		return
	}
	c := r.cells[*l.Cell]
	if c == nil {
		c = newCell()
		r.cells[*l.Cell] = c
		r.remember(*l.Cell)
	}
	c.add(l)
	c.ended = c.ended || l.End && l.Child == 0 && (l.Process == 0 || r.session != nil && l.Process == r.session.PID)
}

// remember takes note of a new cell, and forgets the oldest cells that nobody asks for.
func (r *Reader) remember(id string) {
	r.order = append(r.order, id)
	if len(r.order) > maxCells {
		delete(r.cells, r.order[0])
		r.order = r.order[1:]
	}
}

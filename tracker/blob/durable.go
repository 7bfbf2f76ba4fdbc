package blob

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
)

// disk is what a Pack needs of its file. *os.File is one.
type disk interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	syscall.Conn
	Name() string
	Truncate(size int64) error
	Sync() error
}

// durable is how far a pack survives a power cut.
type durable struct {
	flushed atomic.Int64 // bytes of the file that count
	syncing sync.Mutex   // guards what follows
	synced  int64        // bytes of the file that are durable
	doubt   bool         // a Sync failed: the next one alone proves nothing
	note    *note        // tells others what is durable
}

// ErrLost says that the system has forgotten bytes which it could not write to the disk.
var ErrLost = errors.New("the disk failed, and what was to be written to it is lost")

// Sync makes durable what was flushed. It may run beside the other methods. After a Sync that failed the next one writes
// everything again that may not be on the disk: the system takes such bytes for written, and tells of it once. What it
// has forgotten meanwhile is told, by an error that is ErrLost, by each Sync from then on.
func (p *Pack) Sync() error {
	p.syncing.Lock()
	defer p.syncing.Unlock()
	size := p.flushed.Load()
	if size == p.synced {
		return nil
	}
	if p.doubt {
		if err := p.rewrite(size); err != nil {
			return fmt.Errorf("sync pack: %w", err)
		}
	}
	if err := p.file.Sync(); err != nil {
		p.doubt = true
		return fmt.Errorf("sync pack: %w", err)
	}
	p.synced, p.doubt = size, false
	_ = p.note.tell(size) // an older one makes work, no harm
	return nil
}

// secure is Flush and Sync.
func (p *Pack) secure() error {
	if err := p.Flush(); err != nil {
		return err
	}
	return p.Sync()
}

// settled takes the note away when all that counts is durable.
func (p *Pack) settled() {
	p.syncing.Lock()
	defer p.syncing.Unlock()
	p.note.close(p.synced == p.size || p.size == int64(len(fileMagic)))
}

// rewrite writes again what lies between the last good Sync and size, and makes sure that it is what was put.
func (p *Pack) rewrite(size int64) error {
	if err := again(p.file, p.synced, size); err != nil {
		return err
	}
	end, err := intact(p.file, max(p.synced, int64(len(fileMagic))), size, nil)
	if err == nil && end != size {
		err = fmt.Errorf("%w: byte %d of %s", ErrLost, end, p.file.Name())
	}
	return err
}

// again writes bytes of a file to where they are, so that the system has to bring them to the disk once more.
func again(file disk, from, to int64) error {
	buf := make([]byte, min(1<<20, to-from))
	for from < to {
		b := buf[:min(int64(len(buf)), to-from)]
		if _, err := file.ReadAt(b, from); err != nil {
			return err
		}
		if _, err := file.WriteAt(b, from); err != nil {
			return err
		}
		from += int64(len(b))
	}
	return nil
}

// intact reads and verifies the frames between two offsets. It returns the offset behind the last of those that follow each
// other without a fault; whole frames behind a fault go to rest, unless it is nil. Of a recipe the list is verified, not
// the chunks, which are frames themselves.
func intact(file io.ReaderAt, from, to int64, rest func(Frame)) (end int64, err error) {
	dec, err := newDecoder()
	if err != nil {
		return from, err
	}
	defer dec.close()
	end = from
	visit := func(f Frame) error {
		switch err := dec.intact(file, f); {
		case errors.Is(err, ErrCorrupt):
		case err != nil:
			return err
		case f.Offset == end:
			end = f.End()
		case rest != nil:
			rest(f)
		}
		return nil
	}
	_, err = (&scanner{file: file, size: to}).scan(from, visit, func(int64, int64) {})
	return end, err
}

// intact verifies a frame's blob, or of a recipe the list.
func (d *decoder) intact(file io.ReaderAt, f Frame) error {
	if !f.Recipe() {
		return d.check(file, f)
	}
	if err := f.checkFlags(); err != nil {
		return err
	}
	_, err := readRecipe(file, f)
	return err
}

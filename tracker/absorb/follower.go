package absorb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Follower reads the track logs of a folder. One goroutine may use it.
type Follower struct {
	sink *sink
	logs map[string]*following
}

// following is a log that is read.
type following struct {
	*log
	file *os.File
}

// New returns a Follower. The folder need not exist.
func New(o Options) *Follower {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Follower{sink: &sink{Options: o, experiments: map[string]tracker.ID{}}, logs: map[string]*following{}}
}

// Poll records what the logs of the folder gained, and removes those whose programs are gone. It reports how many logs are left.
// After an error the next Poll goes on where this one could not.
func (f *Follower) Poll(ctx context.Context) (left int, err error) {
	f.sink.ctx = ctx
	paths, err := filepath.Glob(filepath.Join(f.sink.Folder, "*.track"))
	if err != nil {
		return 0, err
	}
	var ended []string
	for _, path := range paths {
		over, one := f.read(path)
		if over {
			ended = append(ended, path)
		}
		err = errors.Join(err, one)
	}
	if flushed := f.sink.flush(func() {}); flushed != nil || err != nil {
		return len(paths), errors.Join(err, flushed)
	}
	for _, path := range ended {
		err = errors.Join(err, f.finish(path))
	}
	return len(f.logs), err
}

// Close stops following. What was not read stays for another Follower.
func (f *Follower) Close() error {
	var err error
	for _, l := range f.logs {
		err = errors.Join(err, l.file.Close())
	}
	clear(f.logs)
	return err
}

// maxWaiting is how many bytes of records are gathered before they are told.
const maxWaiting = 4 << 20

// read tells what a log gained, and reports whether it is read to its end and nothing will follow.
func (f *Follower) read(path string) (over bool, err error) {
	l, err := f.follow(path)
	if l == nil {
		return false, err
	}
	gone := writerGone(l.file) // asked first: what it wrote before is seen below
	if !gone && !f.sink.Live {
		return false, nil
	}
	info, err := l.file.Stat()
	if err != nil {
		return false, fmt.Errorf("read track log: %w", err)
	}
	h, err := readHead(l.file, info.Size())
	if err == nil {
		err = errors.Join(records(l.file, l.at, h.end, l.take), l.flushAll())
	}
	if errors.Is(err, errDamaged) {
		return false, f.setAside(path, err)
	}
	if err != nil {
		return false, err
	}
	if gone {
		l.abandon(info.ModTime())
	}
	if gone && h.lost > 0 {
		f.sink.record(tracker.Gap{Session: l.session(), Time: f.sink.now(), Reason: fmt.Sprintf("%d things that a program logged found no room on the disk", h.lost)})
	}
	return gone, nil
}

// follow returns the log at path, nil when it is none yet.
func (f *Follower) follow(path string) (*following, error) {
	if l := f.logs[path]; l != nil {
		return l, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read track log: %w", err)
	}
	l, err := f.begin(file)
	if l == nil {
		return nil, errors.Join(err, file.Close())
	}
	f.logs[path] = l
	return l, nil
}

func (f *Follower) begin(file *os.File) (*following, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read track log: %w", err)
	}
	h, err := readHead(file, info.Size())
	if errors.Is(err, errNotALog) {
		return nil, nil // its program is just beginning
	}
	l := &log{id: h.id, sink: f.sink, at: headSize}
	if err == nil && f.sink.Known != nil {
		if l.done, err = f.sink.Known(f.sink.ctx, h.id); err != nil {
			return nil, err
		}
	}
	return &following{l, file}, nil // damage shows when it is read
}

// finish removes a log that is recorded whole.
func (f *Follower) finish(path string) error {
	l := f.logs[path]
	delete(f.logs, path)
	return errors.Join(l.file.Close(), os.Remove(path))
}

// setAside keeps a log that cannot be read under another name, and records that.
func (f *Follower) setAside(path string, why error) error {
	l := f.logs[path]
	aside := path + ".damaged"
	f.sink.record(tracker.Gap{Session: l.session(), Time: f.sink.now(), Reason: fmt.Sprintf("%v; what was not recorded is kept in %s", why, aside)})
	delete(f.logs, path)
	return errors.Join(l.file.Close(), os.Rename(path, aside))
}

// session is the session of a log's runs, zero outside of one.
func (l *log) session() tracker.ID {
	for _, r := range l.runs {
		return r.parsed.session
	}
	return tracker.ID{}
}

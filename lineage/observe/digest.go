package observe

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Store keeps contents; lineage's Store is one. When it has a method Has(tracker.Digest) bool too, contents that it was given
// before are not read again for as long as it says that it has them.
type Store interface {
	PutReader(io.Reader) (tracker.Digest, int64, error)
}

// A known file is one whose bytes were read when it was in a state.
type known struct {
	state  state
	digest tracker.Digest
	kept   bool
	why    string // it was not kept
}

// library reads files and remembers their digests by path, without links. It may be used from several goroutines.
type library struct {
	store  Store
	limit  int64
	screen func([]byte) []byte
	now    func() time.Time
	opened func(path string) // told of each file that is about to be closed; nil when nobody wants to know

	buffers sync.Pool // of *[]byte, to read into

	mu      sync.Mutex
	files   map[string]known
	forgets int // how often something was forgotten
}

// maxKnown is how many digests are remembered: some tens of megabytes.
const maxKnown = 200_000

// tick is how long a file may be changed again without a change in its times. See FORMAT.md.
const tick = 20 * time.Millisecond

var (
	errChanging  = errors.New("it changed while it was read")
	errIrregular = errors.New("it is no regular file any more")
)

// recall gives what is known of a file when it was in a state.
func (l *library) recall(real string, s state) (known, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k, ok := l.files[real]
	return k, ok && k.state.sameBytes(s)
}

// remember remembers a file that was read since so many were forgotten: it could be one of those that were since.
func (l *library) remember(real string, k known, forgets int) {
	if l.now().Sub(k.state.modTime) < tick {
		return // it could change and look the same
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.forgets != forgets {
		return
	}
	if len(l.files) >= maxKnown {
		clear(l.files)
	}
	l.files[real] = k
}

// read gives the digest of a file in its present state, and keeps its contents when it is to. It reads at the pace's.
func (l *library) read(ctx context.Context, real string, s state, p pace) (known, error) {
	if k, ok := l.recall(real, s); ok && (!k.kept || l.has(k.digest)) && (k.kept || k.why != whyBaseline) {
		return k, nil
	}
	forgets := l.forgotten()
	k, err := l.readOnce(ctx, real, p, l.take)
	if errors.Is(err, errChanging) {
		k, err = l.readOnce(ctx, real, p, l.take)
	}
	if err == nil {
		l.remember(real, k, forgets)
	}
	return k, err
}

// latest gives what was known of a file last, whatever it is now.
func (l *library) latest(real string) (known, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	k, ok := l.files[real]
	return k, ok
}

// forget forgets a file that somebody has changed.
func (l *library) forget(real string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.files, real)
	l.forgets++
}

// foresee takes the digest of a file of which nothing is known yet.
func (l *library) foresee(ctx context.Context, real string, p pace) {
	forgets := l.forgotten()
	if _, ok := l.latest(real); ok {
		return
	}
	k, err := l.readOnce(ctx, real, p, func(r io.Reader, _ int64) (known, error) { return l.digestOf(r, whyBaseline) })
	if err == nil {
		l.remember(real, k, forgets)
	}
}

func (l *library) forgotten() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.forgets
}

func (l *library) has(d tracker.Digest) bool {
	keeper, ok := l.store.(interface{ Has(tracker.Digest) bool })
	return !ok || keeper.Has(d)
}

// readOnce reads a file by take. A file that changes meanwhile is errChanging.
func (l *library) readOnce(ctx context.Context, real string, p pace, take func(io.Reader, int64) (known, error)) (known, error) {
	file, before, err := open(real)
	if err != nil {
		return known{}, err
	}
	defer func() {
		if l.opened != nil {
			l.opened(real)
		}
		_ = file.Close()
	}()
	r := &paced{ctx: ctx, from: file, pace: p}
	k, err := take(r, before.size)
	if err != nil && r.err == nil { // it could be read, but not kept
		why := "it could not be kept: " + err.Error()
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return known{}, err
		}
		k, err = l.digestOf(r, why)
	}
	if err = cmp.Or(r.err, err); err != nil {
		return known{}, err
	}
	rest(ctx, r.owed())
	info, err := file.Stat()
	if err != nil {
		return known{}, err
	}
	if k.state = stateOf(info); !k.state.sameBytes(before) {
		return known{}, errChanging
	}
	return k, nil
}

func open(real string) (*os.File, state, error) {
	file, err := os.OpenFile(real, os.O_RDONLY|noWait, 0)
	if err != nil {
		return nil, state{}, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular
	}
	if err != nil {
		_ = file.Close()
		return nil, state{}, err
	}
	return file, stateOf(info), nil
}

// Reasons why contents are not kept.
const (
	whySecret   = "it holds secrets"
	whyNoStore  = "contents are not kept"
	whyBaseline = "only its digest was taken"
)

// maxScreened is how large a text is screened for secrets: it is held in memory meanwhile.
const maxScreened = 4 << 20

// take reads a file to its end, and keeps what it reads unless there is a reason not to.
func (l *library) take(r io.Reader, size int64) (known, error) {
	switch {
	case l.store == nil:
		return l.digestOf(r, whyNoStore)
	case size > l.limit:
		return l.digestOf(r, "larger than "+sizeText(l.limit))
	case size > maxScreened || l.screen == nil:
		return l.put(r)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxScreened+1))
	if err != nil {
		return known{}, err
	}
	all := io.MultiReader(bytes.NewReader(b), r)
	if isText(b) && !bytes.Equal(l.screen(bytes.Clone(b)), b) {
		return l.digestOf(all, whySecret)
	}
	return l.put(all)
}

func (l *library) put(r io.Reader) (known, error) {
	d, _, err := l.store.PutReader(r)
	return known{digest: d, kept: err == nil}, err
}

// digestOf reads without keeping.
func (l *library) digestOf(r io.Reader, why string) (k known, err error) {
	h := sha256.New()
	buffer, _ := l.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new(make([]byte, 64<<10))
	}
	defer l.buffers.Put(buffer) // most files are small: each would clear one of its own
	if _, err := io.CopyBuffer(h, r, *buffer); err != nil {
		return k, err
	}
	h.Sum(k.digest[:0])
	k.why = why
	return k, nil
}

// isText says that bytes look like text: there is no zero byte in their first part.
func isText(b []byte) bool { return bytes.IndexByte(b[:min(len(b), 8000)], 0) < 0 }

// sizeText is a number of bytes for people, in powers of 1000.
func sizeText(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	value := float64(n)
	for value >= 1000 && len(units) > 1 {
		value, units = value/1000, units[1:]
	}
	return fmt.Sprintf("%.3g %s", value, units[0])
}

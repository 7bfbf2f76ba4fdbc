package track

import (
	"crypto/rand"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"sync"
	"time"
)

// The head of a track log: what it is, how far it goes, how many records found no room, its name.
const (
	magic    = "gmbtrk1\n"
	endAt    = 8
	lostAt   = 16
	idAt     = 24 // 16 random bytes that name the log
	headSize = 64
)

// The kinds of records. A record is its kind, the length of what follows as a varint, and that.
const (
	recordRun      = 1 + iota // a run is opened or goes on: JSON; its number is how many were before
	recordKey                 // a metric's key; its number likewise
	recordMetric              // run, key, step and time as differences to the metric before, value
	recordLogged              // run, and a line of JSON: a param, a tag, an input
	recordArtifact            // run, and JSON
	recordEnd                 // run, and JSON: how it ended
)

// log is the file of one program. Its records are written where the file is mapped to memory, and counted as there by
// one word that is changed after each: so a reader sees whole records only, whenever the program dies.
type log struct {
	mu   sync.Mutex
	file *os.File
	head []byte    // of the file, mapped
	view []byte    // the part that is written now, mapped
	more int       // how much is mapped next, in bytes
	full time.Time // when the disk was found full
	base int64     // where view begins in the file
	end  int64     // of the last record
	size int64     // of the file: what has room on the disk
	runs uint64
	keys map[string]uint64
	step int64 // of the last metric
	time int64
	done int64 // how much of the log is in the file, where memory is not shared with it
}

// openLog makes the file of this program in folder dir. It is locked as long as the program lives, which is how gemba
// knows that it does.
func openLog(dir string) (*log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, "*.track")
	if err != nil {
		return nil, err
	}
	l := &log{file: file, end: headSize, done: headSize, more: firstWindow, keys: map[string]uint64{}}
	if err := l.begin(); err != nil {
		_ = file.Close()
		_ = os.Remove(file.Name())
		return nil, err
	}
	return l, nil
}

// begin locks the file and writes its head. A file without it is not a log yet.
func (l *log) begin() error {
	if err := lock(l.file); err != nil {
		return err
	}
	if err := l.reserve(firstWindow); err != nil {
		return err
	}
	var err error
	if l.head, err = mapFile(l.file, 0, os.Getpagesize()); err != nil {
		return err
	}
	if l.view, err = mapFile(l.file, 0, firstWindow); err != nil {
		return err
	}
	copy(l.head, magic)
	_, _ = rand.Read(l.head[idAt : idAt+16]) // never fails since Go 1.24
	l.commit()
	return nil
}

// How much of the file is mapped at a time, in bytes: each time twice as much, so that little is no burden and much is no work.
// They are multiples of every system's page size.
const (
	firstWindow = 64 << 10
	lastWindow  = 4 << 20
)

// stayFull is how long a full disk counts as full before it is tried again: that takes a system milliseconds.
const stayFull = 100 * time.Millisecond

// maxRecord bounds a record: its reader takes a longer one for damage.
const maxRecord = 32 << 20

// reserve makes the file at least size long, with zeros that have their place on the disk: what is mapped and has
// none would kill the program when the disk is full.
func (l *log) reserve(size int64) error {
	if l.size < size && allocate(l.file, l.size, size) {
		l.size = size
		return nil
	}
	zeros := make([]byte, 1<<20)
	for l.size < size {
		n, err := l.file.WriteAt(zeros[:min(int64(len(zeros)), size-l.size)], l.size)
		l.size += int64(n)
		if err != nil {
			return err
		}
	}
	return nil
}

// room returns memory for n bytes at the end of the log, nil when there is none.
func (l *log) room(n int) []byte {
	if at := int(l.end - l.base); at+n <= len(l.view) {
		return l.view[at : at+n]
	}
	if time.Since(l.full) < stayFull {
		return nil
	}
	base := l.end &^ int64(os.Getpagesize()-1)
	for _, length := range []int{max(l.more, n+2*os.Getpagesize()), n + 2*os.Getpagesize()} { // a little, where there is no room for more
		if l.reserve(base+int64(length)) != nil {
			continue
		}
		view, err := mapFile(l.file, base, length)
		if err != nil {
			return nil
		}
		unmap(l.view)
		l.view, l.base, l.more = view, base, min(2*l.more, lastWindow)
		at := int(l.end - l.base)
		return l.view[at : at+n]
	}
	l.full = time.Now()
	return nil
}

// append adds a record. The lock is held.
func (l *log) append(kind byte, parts ...[]byte) {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	var front [1 + binary.MaxVarintLen64]byte
	front[0] = kind
	n := 1 + binary.PutUvarint(front[1:], uint64(size))
	var to []byte
	if size <= maxRecord {
		to = l.room(n + size)
	}
	if to == nil {
		l.lose()
		return
	}
	at := copy(to, front[:n])
	for _, p := range parts {
		at += copy(to[at:], p)
	}
	l.end += int64(n + size)
	l.commit()
}

// metric adds a point. It is the one record that programs write by the million.
func (l *log) metric(run uint64, key string, value float64, step, time int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	number, known := l.keys[key]
	if !known {
		number = uint64(len(l.keys))
		before := l.end
		l.append(recordKey, []byte(strings.ToValidUTF8(key, "\uFFFD")))
		if l.end == before {
			return // it found no room, and so did the point
		}
		l.keys[key] = number
	}
	var b [2 + 4*binary.MaxVarintLen64 + 8]byte
	const front = 2 // kind and length: a point is always shorter than 128 bytes
	n := front + binary.PutUvarint(b[front:], run)
	n += binary.PutUvarint(b[n:], number)
	n += binary.PutVarint(b[n:], step-l.step)
	n += binary.PutVarint(b[n:], time-l.time)
	binary.LittleEndian.PutUint64(b[n:], math.Float64bits(value))
	n += 8
	b[0], b[1] = recordMetric, byte(n-front)
	to := l.room(n)
	if to == nil {
		l.lose()
		return
	}
	copy(to, b[:n])
	l.step, l.time = step, time
	l.end += int64(n)
	l.commit()
}

// add adds a record of a run.
func (l *log) add(kind byte, run uint64, text []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.append(kind, binary.AppendUvarint(nil, run), text)
}

// open adds the record of a run and returns its number.
func (l *log) open(text []byte) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.end
	l.append(recordRun, text)
	if l.end == before {
		return lostRun
	}
	l.runs++
	return l.runs - 1
}

// lostRun is the number of a run whose record found no room: what is logged for it is not kept either.
const lostRun = math.MaxUint64

//go:build linux || darwin

// Package hook is linked into the programs of cells. Package os tells it which files the program opens, and it notes
// each path, with what the file was at that moment, in memory that it shares with the kernel: so what was noted
// outlives os.Exit, a panic and SIGKILL.
//
// It must not change what a cell does: it prints nothing, starts no goroutine, keeps no file open, takes its own variable
// out of the environment, and imports nothing that a program without it would not link. When anything is not as
// expected it notes nothing. Package cell has the layout of the memory.
package hook

import (
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// logger is internal/testlog.Interface, by which the go command learns what tests depend on.
type logger interface {
	Getenv(key string)
	Stat(file string)
	Open(file string)
	Chdir(dir string)
}

//go:linkname setLogger internal/testlog.SetLogger
func setLogger(logger)

//go:linkname nanotime runtime.nanotime
func nanotime() int64

func init() {
	name, observed := syscall.Getenv("GEMBA_SEEN")
	if !observed {
		return
	}
	_ = syscall.Unsetenv("GEMBA_SEEN") // children are none of ours
	if memory := share(name); memory != nil {
		setLogger(&notes{memory: memory, begun: nanotime(), looks: burst})
		atomic.StoreUint64(word(memory, attached), 1)
	}
}

// Words of the memory's head, by offset. Notes begin behind it.
const (
	magic    = 0
	end      = 8  // of the last note
	lost     = 16 // paths that found no room
	attached = 24
	head     = 64

	magicWord = 0x32_6e6565_73_626d67 // "gmbseen2"
)

// A note is the length of its path and its flags in 32 bits each, where room says so the file's size, time of change in
// nanoseconds and inode in 64 bits each, and its path. Notes begin at multiples of eight. They are short, since each new page of
// memory costs the program about as much as an opening does.
const (
	noteHead  = 8
	roomHead  = noteHead + 24
	looked    = 1 // size, time and inode are of the file as it was
	existed   = 2
	started   = 4 // as a process, not opened
	isFolder  = 8
	room      = 16      // for what a look finds
	relative  = 32      // the path begins in the folder that was named last
	base      = 64      // no file: it names that folder
	longest   = 1 << 16 // path that is noted
	execBits  = 0o111
	tableSize = 1 << 10
)

func word(memory []byte, at uint64) *uint64 { return (*uint64)(unsafe.Pointer(&memory[at])) }

func half(memory []byte, at uint64) *uint32 { return (*uint32)(unsafe.Pointer(&memory[at])) }

// share maps the kernel's memory; nil when that is not what is there.
func share(name string) []byte {
	fd, err := syscall.Open(name, syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = syscall.Close(fd) }()
	var s syscall.Stat_t
	if syscall.Fstat(fd, &s) != nil || s.Size < head {
		return nil
	}
	memory, err := syscall.Mmap(fd, 0, int(s.Size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil || *word(memory, magic) != magicWord {
		return nil
	}
	return memory
}

// Looking at a file costs more than noting its path. The first files are looked at, and then as many as take no more than
// this part of the time: a program that does nothing but open files is not slowed down by more.
const (
	burst     = 256
	part      = 128
	usualLook = 1500 // nanoseconds
)

type notes struct {
	memory []byte
	begun  int64

	mu    sync.Mutex
	dir   string // where relative paths begin, "" when not known yet
	mixed uint64 // its hash
	named bool   // it was noted
	known table
	looks int   // that may be taken
	paid  bool  // by time: the first ones are not counted
	spent int64 // nanoseconds, of looks that are paid
}

func (*notes) Getenv(string) {}

func (*notes) Stat(string) {}

// Chdir is told the new folder.
func (n *notes) Chdir(dir string) {
	n.mu.Lock()
	n.dir, n.mixed, n.named = dir, 0, false
	n.mu.Unlock()
}

// Open is told a path before it is opened, or started as a process.
func (n *notes) Open(name string) {
	if len(name) == 0 || len(name) > longest {
		return
	}
	n.mu.Lock()
	note, paid := n.reserve(name)
	n.mu.Unlock()
	switch {
	case note == nil:
	case paid:
		begun := nanotime()
		look(note, name)
		atomic.AddInt64(&n.spent, nanotime()-begun)
	default:
		look(note, name)
	}
}

// look notes what a file is like.
func look(note []byte, name string) {
	var s syscall.Stat_t
	flags := *half(note, 4) | looked
	if syscall.Stat(name, &s) == nil {
		flags |= existed
		*word(note, 8), *word(note, 16), *word(note, 24) = uint64(s.Size), uint64(changed(&s)), s.Ino
		switch s.Mode & syscall.S_IFMT {
		case syscall.S_IFDIR:
			flags |= isFolder
		case syscall.S_IFREG:
			if s.Mode&execBits != 0 && starting() {
				flags |= started
			}
		}
	}
	atomic.StoreUint32(half(note, 4), flags)
}

// reserve notes a path that is new, and returns the note when the file is to be looked at. Paid says that the time for it
// counts. A file that is opened once more is looked at once more: one that is as it was had been read, whatever comes now.
func (n *notes) reserve(name string) (note []byte, paid bool) {
	flags, h := uint32(0), uint64(seed)
	if name[0] != '/' && n.from() != "" {
		flags, h = relative, n.mixed
	}
	h = hash(h, name)
	fresh := n.known.add(h)
	if !fresh && !n.known.add(mix(h)) {
		return nil, false
	}
	if flags == relative && !n.named {
		n.named = n.write(n.dir, base) != nil
	}
	if !n.affordable() {
		if fresh {
			n.write(name, flags)
		}
		return nil, false
	}
	return n.write(name, flags|room), n.paid
}

// write adds a note; nil when there is no room.
func (n *notes) write(path string, flags uint32) []byte {
	start := noteHead
	if flags&room != 0 {
		start = roomHead
	}
	at, size := *word(n.memory, end), uint64(start+len(path)+7)&^7
	if at+size > uint64(len(n.memory)) {
		*word(n.memory, lost)++
		return nil
	}
	note := n.memory[at : at+size]
	*half(note, 0), *half(note, 4) = uint32(len(path)), flags
	copy(note[start:], path)
	atomic.StoreUint64(word(n.memory, end), at+size)
	return note
}

// affordable says whether a look may be taken, and takes account of it. The clock is read for every eighth path alone.
func (n *notes) affordable() bool {
	if n.looks == 0 && n.known.used%8 == 0 {
		left := (nanotime()-n.begun)/part - atomic.LoadInt64(&n.spent)
		n.looks, n.paid = int(max(left, 0)/usualLook), true
	}
	if n.looks == 0 {
		return false
	}
	n.looks--
	return true
}

// from returns the folder in which relative paths begin, "" when it is not known.
func (n *notes) from() string {
	if n.dir == "" {
		n.dir, _ = syscall.Getwd()
	}
	if n.mixed == 0 {
		n.mixed = hash(seed, n.dir)
	}
	return n.dir
}

// starting says that os.StartProcess is what tells of a path.
func starting() bool {
	var stack [6]uintptr
	frames := runtime.CallersFrames(stack[:runtime.Callers(3, stack[:])])
	for {
		frame, more := frames.Next()
		if frame.Function == "os.StartProcess" {
			return true
		}
		if !more {
			return false
		}
	}
}

// A table is a set of hashes with open addressing. It holds no pointers, so the program's garbage collector never
// looks into it.
type table struct {
	slots []uint64 // a power of two of them; 0 is a free one
	used  int
}

// add says that a hash is new.
func (t *table) add(h uint64) bool {
	if 4*t.used >= 3*len(t.slots) {
		t.grow()
	}
	h |= 1
	for i := h >> 20; ; i++ {
		slot := &t.slots[i&uint64(len(t.slots)-1)]
		switch *slot {
		case h:
			return false
		case 0:
			*slot = h
			t.used++
			return true
		}
	}
}

func (t *table) grow() {
	old := t.slots
	t.slots, t.used = make([]uint64, max(tableSize, 2*len(old))), 0
	for _, h := range old {
		if h != 0 {
			t.add(h)
		}
	}
}

const (
	seed  = 0xcbf29ce484222325
	prime = 0x9e3779b97f4a7c15
)

// hash mixes a text into h, eight bytes at a time, as FxHash and SplitMix64 do.
func hash(h uint64, s string) uint64 {
	h += uint64(len(s)) * prime
	for ; len(s) >= 8; s = s[8:] {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		h = mix(h ^ w)
	}
	for i := range len(s) {
		h ^= uint64(s[i]) << (8 * i)
	}
	return mix(h)
}

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(h uint64) uint64 {
	h += prime
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// Package cell holds what is linked into the programs of cells, as source, and reads what that leaves behind. The program
// and its kernel share a piece of memory: the kernel makes and clears it, the program's hook notes in it which files are
// opened, as it happens. It must not know how programs are built or run.
package cell

import (
	"embed"
	"encoding/binary"
	"io/fs"
	"strings"
	"time"
)

// Variable is the environment variable that tells a program where the memory is: the path of a file of some size, to be mapped.
// The hook takes it out of the environment before any code of the cell runs.
const Variable = "GEMBA_SEEN"

// Size of the memory in bytes: notes of half a million paths. Only what is used takes room.
const Size = 64 << 20

//go:embed hook/*.go
var hook embed.FS

// Sources returns the files of package hook by name. It is linked with the linker's flag -checklinkname=0, since
// the standard library does not hand its hook out.
func Sources() map[string][]byte {
	files := map[string][]byte{}
	entries, _ := fs.ReadDir(hook, "hook") // embedded: always there
	for _, e := range entries {
		files[e.Name()], _ = fs.ReadFile(hook, "hook/"+e.Name())
	}
	return files
}

// The layout: a head of words, then notes at multiples of eight bytes. Numbers are in the machine's own order.
const (
	magicWord = 0x32_6e6565_73_626d67
	endAt     = 8
	lostAt    = 16
	attachAt  = 24
	head      = 64

	noteHead = 8
	roomHead = noteHead + 24
	looked   = 1
	existed  = 2
	started  = 4
	isFolder = 8
	room     = 16
	relative = 32
	base     = 64
)

var order = binary.NativeEndian

// Clear prepares memory for a program.
func Clear(memory []byte) {
	clear(memory[:head])
	order.PutUint64(memory, magicWord)
	order.PutUint64(memory[endAt:], head)
}

// Note is a path that a program opened, by its first opening, and by its second one when it was looked at then.
type Note struct {
	Path    string // absolute, not cleaned
	Looked  bool   // the rest is known; not all files of a program that opens very many are looked at
	Existed bool
	Folder  bool
	Started bool // a process was started from it
	Size    int64
	ModTime time.Time
	Inode   uint64
}

// Notes is what a program left in memory beside its notes.
type Notes struct {
	Attached bool // the hook was there
	Lost     int  // paths that found no room
}

// Used returns how many bytes of memory a program has used. A program may write anything there.
func Used(memory []byte) int {
	if end := order.Uint64(memory[endAt:]); end >= head && end <= uint64(len(memory)) {
		return int(end)
	}
	return head
}

// Read reads what a program left in memory, as far as it makes sense, and calls each with its notes, in order. The cell's
// reply waits for it, and a program may open very many files: their paths are parts of one text.
func Read(memory []byte, each func(Note)) Notes {
	rest := memory[head:Used(memory)]
	var text strings.Builder // what was written stays where it is also when there is more room elsewhere
	text.Grow(2 * len(rest))
	folder := ""
	for at := 0; at+noteHead <= len(rest); {
		length, flags := uint64(order.Uint32(rest[at:])), order.Uint32(rest[at+4:])
		start := at + noteHead
		if flags&room != 0 {
			start = at + roomHead
		}
		if start > len(rest) || length > uint64(len(rest)-start) {
			break
		}
		path := rest[start : start+int(length)]
		if flags&base != 0 {
			folder = string(path) + "/"
		} else {
			from := text.Len()
			if flags&relative != 0 {
				text.WriteString(folder)
			}
			text.Write(path)
			n := note(rest[at:start])
			n.Path = text.String()[from:]
			each(n)
		}
		at = (start + int(length) + 7) &^ 7
	}
	return Notes{Attached: order.Uint64(memory[attachAt:]) == 1, Lost: int(min(order.Uint64(memory[lostAt:]), 1<<31))}
}

// Count tells about how many notes a program left in memory.
func Count(memory []byte) int { return (Used(memory) - head) / usual }

// usual is about the size of a note in bytes.
const usual = 32

func note(head []byte) Note {
	flags := order.Uint32(head[4:])
	n := Note{Looked: flags&looked != 0, Existed: flags&existed != 0, Folder: flags&isFolder != 0, Started: flags&started != 0}
	if n.Existed && len(head) == roomHead {
		n.Size, n.Inode = int64(order.Uint64(head[8:])), order.Uint64(head[24:])
		n.ModTime = time.Unix(0, int64(order.Uint64(head[16:])))
	}
	return n
}

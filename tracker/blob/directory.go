package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gemba-ml/gemba/tracker"
)

// directory is what a Store knows of its packs.
type directory struct {
	where   map[tracker.Digest]place // but for what indexes tell
	packs   []packState
	number  map[string]uint32 // of a pack's name in packs
	indexed []uint32          // the packs that have an index
}

// packState is how far a pack was looked through.
type packState struct {
	name    string
	scanned int64
	sure    int64  // bytes that are known to be durable: what lies behind them may be lost, or torn, after a power cut
	index   *index // nil when there is none
}

// sure reports whether a frame is known to be durable.
func (d *directory) sure(f Frame, pack uint32) bool { return f.End() <= d.packs[pack].sure }

// find returns the frame of a blob and the number of its pack. A blob in one piece is preferred to its
// recipe: it needs no other.
func (d *directory) find(digest tracker.Digest) (f Frame, pack uint32, ok bool) {
	if at, known := d.where[digest]; known {
		f, pack, ok = at.frame(digest), at.pack, true
	}
	for _, n := range d.indexed {
		if ok && !f.Recipe() {
			break
		}
		if other, known := d.packs[n].index.find(digest); known && (!ok || !other.Recipe()) {
			f, pack, ok = other, n, true
		}
	}
	return f, pack, ok
}

// place is a frame without its digest, small, since there may be millions.
type place struct {
	offset, raw, stored int64
	pack, flags, crc    uint32
}

func (p place) frame(d tracker.Digest) Frame {
	return Frame{Digest: d, Flags: p.flags, Offset: p.offset, Raw: p.raw, Stored: p.stored, CRC: p.crc}
}

func newDirectory() directory {
	return directory{where: make(map[tracker.Digest]place), number: make(map[string]uint32)}
}

// Refresh learns which packs were added, grew or are gone. It reads only what it does not know.
func (s *Store) Refresh() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for try := 0; ; try++ {
		vanished, err := s.look()
		if err != nil || !vanished || try == maxTries {
			return err
		}
	}
}

// look lists the packs once. When one vanished the list may lack the pack that replaced it.
func (s *Store) look() (vanished bool, err error) {
	names, err := PackNames(s.dir)
	if err != nil {
		return false, err
	}
	if vanished = s.lost(names); vanished {
		s.directory = newDirectory() // what they held may be in a pack that was looked through
	}
	for _, name := range names {
		err := s.update(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if errors.Is(err, errShorter) {
			s.directory = newDirectory()
			return true, nil
		}
		vanished = vanished || err != nil
	}
	return vanished, nil
}

// lost reports whether a known pack is not among names.
func (d *directory) lost(names []string) bool {
	known := 0
	for _, name := range names {
		if _, ok := d.number[name]; ok {
			known++
		}
	}
	return known < len(d.packs)
}

// update looks through what was appended to a pack. It returns an error that is fs.ErrNotExist when it is gone.
func (s *Store) update(name string) error {
	info, err := os.Stat(filepath.Join(s.dir, name))
	if err != nil {
		return fmt.Errorf("look at pack: %w", err)
	}
	n, ok := s.number[name]
	if !ok {
		n = s.add(name, info.Size())
	}
	if info.Size() > s.packs[n].scanned {
		err = s.scan(n)
		if errors.Is(err, ErrCorrupt) {
			err = nil // the rest is not
		}
	}
	if err == nil && s.packs[n].sure < s.packs[n].scanned {
		s.packs[n].sure = Durable(filepath.Join(s.dir, name)) // behind the scan: frames come behind the note
		info, err = os.Stat(filepath.Join(s.dir, name))
	}
	if err == nil && info.Size() < s.packs[n].scanned {
		err = errShorter
	}
	return err
}

// errShorter says that somebody settled a pack: what was behind is gone, or in another pack.
var errShorter = fmt.Errorf("%w any more in full", fs.ErrNotExist)

// add takes a pack in, and its index, if it has one.
func (s *Store) add(name string, size int64) uint32 {
	n, state := uint32(len(s.packs)), packState{name: name}
	if size >= indexFrom*headerSize && !s.scanOnly {
		if index, err := readIndex(filepath.Join(s.dir, name), size); err == nil { // else the pack itself tells
			state.index, state.scanned = index, index.covers
			s.indexed = append(s.indexed, n)
		}
	}
	s.number[name] = n
	s.packs = append(s.packs, state)
	return n
}

func (s *Store) scan(n uint32) error {
	file, sc, err := openScan(filepath.Join(s.dir, s.packs[n].name))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	from := max(s.packs[n].scanned, int64(len(fileMagic)))
	visit := func(f Frame) error {
		known, dup := s.where[f.Digest]
		if !dup || known.flags&flagRecipe != 0 && !f.Recipe() || !s.sure(known.frame(f.Digest), known.pack) {
			s.where[f.Digest] = place{f.Offset, f.Raw, f.Stored, n, f.Flags, f.CRC}
		}
		return nil
	}
	end, err := sc.scan(from, visit, func(from, to int64) {})
	s.packs[n].scanned = end
	return err
}

// Packs returns the names of the packs, sorted, as they are now.
func (s *Store) Packs() ([]string, error) { return PackNames(s.dir) }

// Dir returns the folder of the packs.
func (s *Store) Dir() string { return s.dir }

// Scan calls visit for every whole frame of every pack, also for those whose blob another pack holds too. A pack
// that vanishes meanwhile is skipped; one that cannot be read goes to problem, and the scan goes on.
func (s *Store) Scan(visit func(pack string, f Frame) error, problem func(pack string, err error)) error {
	names, err := s.Packs()
	if err != nil {
		return err
	}
	for _, name := range names {
		pack, err := OpenPack(filepath.Join(s.dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			problem(name, err)
			continue
		}
		stop, err := scanPack(pack, visit)
		_ = pack.Close() // it was only read
		if stop {
			return err
		}
		if err != nil {
			problem(name, err)
		}
	}
	return nil
}

// scanPack visits the frames of a pack; stop tells that visit, not the pack, failed.
func scanPack(pack *PackFile, visit func(string, Frame) error) (stop bool, err error) {
	_, err = pack.Frames(func(f Frame) error {
		err := visit(pack.Name(), f)
		stop = err != nil
		return err
	}, nil)
	return stop, err
}

// PackNames returns the names of the packs in dir, sorted, none when it does not exist. What is no regular
// file is no pack: a pipe would be waited for.
func PackNames(dir string) ([]string, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list packs: %w", err)
	}
	var names []string
	for _, file := range files {
		if filepath.Ext(file.Name()) == ".pack" && file.Type().IsRegular() {
			names = append(names, file.Name())
		}
	}
	return names, nil
}

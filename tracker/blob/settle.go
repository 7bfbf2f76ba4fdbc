package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// Settle makes durable, in the packs of dir, what killed writers left, and takes away what a power cut tore. It reads and
// writes only what is not known to be durable, and does so once. What fails stays as it is and is told; the others
// are settled all the same. Its caller holds, or keeps out, garbage collection.
func Settle(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("settle packs: %w", err)
	}
	for _, file := range files {
		if name, ok := strings.CutSuffix(file.Name(), noteEnd); ok && file.Type().IsRegular() {
			_, settleErr := settle(filepath.Join(dir, name+".pack"))
			err = errors.Join(err, settleErr)
		}
	}
	return err
}

// settle is Settle for the packs of which the store knows that not all is durable. It reports whether any was settled; one
// that could not be is not relied upon.
func (s *Store) settle() (any bool) {
	for _, name := range s.unsure() {
		settled, _ := settle(filepath.Join(s.dir, name))
		any = any || settled
	}
	return any
}

func (s *Store) unsure() (names []string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.packs {
		if p.sure < p.scanned {
			names = append(names, p.name)
		}
	}
	return names
}

// settle settles the pack at path, unless a writer has it open.
func settle(path string) (settled bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // its note is removed by who collects garbage
	}
	if err != nil {
		return false, fmt.Errorf("settle pack: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }() // closing unlocks
	ok, err := tryFlock(file)
	if err != nil || !ok {
		return false, err
	}
	if err := settleFile(file, Durable(path)); err != nil {
		return false, fmt.Errorf("settle pack: %w", err)
	}
	if err := os.Remove(noteName(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("settle pack: %w", err)
	}
	return true, nil
}

// settleFile makes what is whole behind the durable bytes of a locked pack durable too, and cuts off the rest.
func settleFile(file *os.File, from int64) error {
	info, err := file.Stat()
	if err != nil || from == everything || info.Size() <= int64(len(fileMagic)) {
		return err
	}
	size := info.Size()
	if from > size {
		from = 0 // the file is not what its writer knew
	}
	if err := again(file, from, size); err != nil {
		return err
	}
	var rest []Frame
	end, err := intact(file, max(from, int64(len(fileMagic))), size, func(f Frame) { rest = append(rest, f) })
	if err == nil {
		err = moveFrames(rest, &PackFile{file, size})
	}
	if err == nil && end < size {
		err = file.Truncate(end)
	}
	if err == nil {
		err = file.Sync()
	}
	return err
}

// moveFrames copies frames of a pack to a new one beside it, durably.
func moveFrames(frames []Frame, from *PackFile) error {
	if len(frames) == 0 {
		return nil
	}
	dir := filepath.Dir(from.file.Name())
	to, err := CreatePack(filepath.Join(dir, tracker.NewID().String()+".pack"))
	if err != nil {
		return err
	}
	for _, f := range frames {
		if err == nil {
			err = to.Copy(f, from)
		}
	}
	if err == nil {
		err = to.secure()
	}
	return errors.Join(err, to.Close(), SyncDir(dir))
}

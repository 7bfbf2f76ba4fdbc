package blob

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// PackFile reads one pack, wherever it lies. It may be used from several goroutines.
type PackFile struct {
	file *os.File
	size int64
}

// OpenPack opens the pack at path. It returns an error that is ErrCorrupt when the file is no pack.
func OpenPack(path string) (*PackFile, error) {
	file, sc, err := openScan(path)
	if err != nil {
		return nil, err
	}
	return &PackFile{file, sc.size}, nil
}

// Name returns the file's name without its folder.
func (p *PackFile) Name() string { return filepath.Base(p.file.Name()) }

// Size returns the bytes of the file when it was opened; frames behind them are not seen.
func (p *PackFile) Size() int64 { return p.size }

// Frames calls visit for every whole frame, in order, and damaged, when it is not nil, for bytes between frames
// that are no frame. It returns the offset behind the last frame: what follows it was left by a killed writer,
// or is being written.
func (p *PackFile) Frames(visit func(Frame) error, damaged func(from, to int64)) (end int64, err error) {
	if damaged == nil {
		damaged = func(int64, int64) {}
	}
	sc := &scanner{file: p.file, size: p.size}
	return sc.scan(int64(len(fileMagic)), visit, damaged)
}

// At returns the frame at an offset. It returns an error that is ErrCorrupt when there is none.
func (p *PackFile) At(offset int64) (Frame, error) {
	sc := &scanner{file: p.file, size: p.size}
	f, err := sc.frame(offset)
	if errors.Is(err, errHeader) {
		err = fmt.Errorf("byte %d of %s: %w: %w", offset, p.Name(), ErrCorrupt, err)
	}
	return f, err
}

// Recipe returns the chunks that a frame lists, nil for one that holds its blob itself.
func (p *PackFile) Recipe(f Frame) ([]Chunk, error) {
	if err := f.checkFlags(); err != nil || !f.Recipe() {
		return nil, err
	}
	return readRecipe(p.file, f)
}

// Raw returns a reader of a frame as it is stored, header and payload, f.Size bytes. It verifies nothing.
func (p *PackFile) Raw(f Frame) *io.SectionReader {
	return io.NewSectionReader(p.file, f.Offset, f.Size())
}

// Check reads a frame and returns what is wrong with it, an error that is ErrCorrupt when its bytes are not what its
// digest names. The chunks of a recipe are read from store; where that is nil only the list of them is checked.
func (p *PackFile) Check(f Frame, store *Store) error {
	switch {
	case !f.Recipe():
		dec, err := newDecoder()
		if err != nil {
			return err
		}
		defer dec.close()
		return dec.check(p.file, f)
	case store == nil:
		_, err := p.Recipe(f)
		return err
	}
	return store.checkRecipe(p.file, f)
}

// Close closes the file.
func (p *PackFile) Close() error { return p.file.Close() }

package blob

import (
	"fmt"
	"path/filepath"
)

// Check reads every blob of every pack in dir and tells each: its frame, and what is wrong with it,
// if anything. Bytes between frames that are no frame are told as a Frame without digest. What a
// killed writer left unfinished at the end of a pack is no fault and is not told.
func Check(dir string, tell func(pack string, f Frame, fault error)) error {
	names, err := packNames(dir)
	if err != nil {
		return err
	}
	dec, err := newDecoder()
	if err != nil {
		return err
	}
	defer dec.close()
	for _, name := range names {
		told := func(f Frame, fault error) { tell(name, f, fault) }
		if err := dec.checkPack(filepath.Join(dir, name), told); err != nil {
			tell(name, Frame{}, err)
		}
	}
	return nil
}

func (d *decoder) checkPack(path string, tell func(Frame, error)) error {
	file, sc, err := openScan(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	visit := func(f Frame) error {
		tell(f, d.check(file, f))
		return nil
	}
	damaged := func(from, to int64) {
		tell(Frame{Offset: from, Stored: to - from}, fmt.Errorf("bytes %d to %d are no blob: %w", from, to, ErrCorrupt))
	}
	_, err = sc.scan(int64(len(fileMagic)), visit, damaged)
	return err
}

package journal

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
)

// source is a file of a ledger opened for reading: loose, or inside an archive.
type source struct {
	*io.SectionReader
	file     *os.File
	archived bool
}

// Close closes the file.
func (s *source) Close() error { return s.file.Close() }

// size returns how many bytes there are now.
func (s *source) size() (int64, error) {
	if s.archived {
		return s.Size(), nil
	}
	info, err := s.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// open opens a file of the ledger for reading, wherever it is: that of a journal may have been moved into an
// archive since it was last seen, or be moved now. A loose file comes first; an archive's copy is equal.
func (l layout) open(path string) (*source, error) {
	file, err := openRegular(path)
	if err == nil {
		return &source{SectionReader: io.NewSectionReader(file, 0, math.MaxInt64), file: file}, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	archived, archiveErr := l.archives.open(path)
	if errors.Is(archiveErr, fs.ErrNotExist) {
		return nil, err
	}
	return archived, archiveErr
}

// exists reports whether a file of the ledger is there, loose or in an archive.
func (l layout) exists(path string) bool {
	s, err := l.open(path)
	if err == nil {
		_ = s.Close() // it was not even read
	}
	return err == nil
}

// readSmall reads a file that holds a few lines.
func (l layout) readSmall(path string) ([]byte, error) {
	s, err := l.open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	return io.ReadAll(io.LimitReader(s, MaxLine))
}

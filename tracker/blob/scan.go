package blob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrCorrupt says that stored bytes are not what was written.
var ErrCorrupt = errors.New("corrupt")

// window is how much of a pack is read at a time when only its headers are wanted.
const window = 64 << 10

// scanner walks over the frames of a pack without reading large payloads.
type scanner struct {
	file io.ReaderAt
	size int64
	buf  []byte
	at   int64 // offset of buf in the pack
}

// bytes returns up to n bytes of the pack at offset; fewer at its end.
func (s *scanner) bytes(offset int64, n int) ([]byte, error) {
	if offset < s.at || offset+int64(n) > s.at+int64(len(s.buf)) {
		if cap(s.buf) < window {
			s.buf = make([]byte, window)
		}
		got, err := s.file.ReadAt(s.buf[:window], offset)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("read pack: %w", err)
		}
		s.buf, s.at = s.buf[:got], offset
	}
	b := s.buf[offset-s.at:]
	return b[:min(n, len(b))], nil
}

// frame returns the frame at offset, errHeader when there is none, errUnfinished when the pack ends within it.
func (s *scanner) frame(offset int64) (Frame, error) {
	b, err := s.bytes(offset, headerSize)
	if err != nil {
		return Frame{}, err
	}
	f, err := parseHeader(b, offset)
	if err == nil && f.End() > s.size {
		return Frame{}, errUnfinished
	}
	return f, err
}

// next returns the offset of the first whole frame at or behind offset, or the pack's size when there is none.
func (s *scanner) next(offset int64) (int64, error) {
	for offset < s.size {
		b, err := s.bytes(offset, window)
		if err != nil {
			return 0, err
		}
		i := bytes.Index(b, frameMagic)
		if i < 0 {
			offset += int64(max(1, len(b)-len(frameMagic)+1))
			continue
		}
		offset += int64(i)
		if ok, err := s.chained(offset); ok || err != nil {
			return offset, err
		}
		offset++
	}
	return s.size, nil
}

// chained reports whether a frame is at offset, with another one or the pack's end behind it: a
// blob may itself hold what looks like a frame, since users may store packs.
func (s *scanner) chained(offset int64) (bool, error) {
	f, err := s.frame(offset)
	if err == nil && f.End() < s.size {
		_, err = s.frame(f.End())
	}
	return err == nil, ignoreHeader(err)
}

// scan calls visit for each frame of the pack from offset on and returns the offset behind the last
// one. Bytes that are no frame end the scan, unless frames follow them: then damaged is called. What looks like
// frames in the payload of an unfinished frame is part of a blob.
func (s *scanner) scan(offset int64, visit func(Frame) error, damaged func(from, to int64)) (int64, error) {
	for {
		f, err := s.frame(offset)
		if err == nil {
			if err := visit(f); err != nil {
				return offset, err
			}
			offset = f.End()
			continue
		}
		if err != errHeader || offset >= s.size {
			return offset, ignoreHeader(err)
		}
		to, err := s.next(offset + 1)
		if err != nil || to == s.size {
			return offset, err
		}
		damaged(offset, to)
		offset = to
	}
}

func ignoreHeader(err error) error {
	if errors.Is(err, errHeader) {
		return nil
	}
	return err
}

// openScan opens the pack at path for scanning, and checks how it begins. A pack shorter than its
// magic was cut while it was made: it has no frames.
func openScan(path string) (*os.File, *scanner, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open pack: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		_ = file.Close()
		return nil, nil, fmt.Errorf("open pack: %w", err)
	}
	s := &scanner{file: file, size: info.Size()}
	b, err := s.bytes(0, len(fileMagic))
	if err == nil && !bytes.HasPrefix(fileMagic, b) {
		err = fmt.Errorf("open pack: %w: it does not begin as a pack does", ErrCorrupt)
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return file, s, nil
}

package journal

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
)

// block is the size in bytes of what a tar consists of.
const block = 512

// scanArchive calls found for each whole file in the archive at path. Where a header is not one it looks for the
// next, so that damage costs what it hit and no more; then the error says where it began.
func scanArchive(path string, found func(name string, at span)) error {
	file, err := openRegular(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	var fault error
	in := &blockReader{file: file}
	for at := int64(0); at < info.Size(); {
		header, err := in.block(at)
		if err != nil {
			return err
		}
		name, size, ok := parseMember(header)
		at += block
		switch {
		case ok && at+size <= info.Size():
			found(name, span{at, size, true})
			at += (size + block - 1) / block * block
		case !isZero(header) && fault == nil:
			fault = fmt.Errorf("byte %d is not where a file begins, as it must be: %w", at-block, ErrCorrupt)
		}
	}
	return fault
}

// parseMember reads a ustar header (POSIX.1-1988), which is one block.
func parseMember(header []byte) (name string, size int64, ok bool) {
	h, err := tar.NewReader(bytes.NewReader(header)).Next()
	if err != nil || h.Typeflag != tar.TypeReg {
		return "", 0, false
	}
	return h.Name, h.Size, true
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// blockReader reads blocks of a file, many at a time.
type blockReader struct {
	file io.ReaderAt
	buf  [64 * block]byte
	from int64
	n    int
}

// block returns the block at an offset; what is missing of the last one is zero.
func (r *blockReader) block(at int64) ([]byte, error) {
	if at < r.from || at+block > r.from+int64(r.n) {
		clear(r.buf[:])
		n, err := r.file.ReadAt(r.buf[:], at)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("read archive: %w", err)
		}
		r.from, r.n = at, (n+block-1)/block*block
	}
	return r.buf[at-r.from:][:block], nil
}

// appendMember appends a file to an archive.
func appendMember(w *tar.Writer, name string, size int64, r io.Reader) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, Format: tar.FormatUSTAR}
	if err := w.WriteHeader(h); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	n, err := io.Copy(w, io.LimitReader(r, size))
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	return nil
}

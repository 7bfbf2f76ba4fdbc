package journal

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// disk is what a chain needs of the file of its lines. *os.File is one.
type disk interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
}

// ErrLost says that the system has forgotten lines which it could not write to the disk. They are never signed.
var ErrLost = errors.New("the disk failed, and what was recorded is not on it any more")

// syncLines makes durable the lines between two offsets, which have these leaf hashes. After a failure the next call writes
// them again, before it syncs: the system takes what it could not write for written, and tells of it once. Only one
// call may be under way.
func (c *chain) syncLines(from, to int64, leaves []tlog.Hash) error {
	if c.doubt {
		if err := c.rewrite(from, to, leaves); err != nil {
			return err
		}
	}
	err := c.file.Sync()
	c.doubt = err != nil
	return err
}

// rewrite reads lines back, makes sure that they are what was recorded, and writes them to where they are.
func (c *chain) rewrite(from, to int64, leaves []tlog.Hash) error {
	b := make([]byte, to-from)
	if _, err := c.file.ReadAt(b, from); err != nil && err != io.EOF {
		return err
	}
	rest := b
	for _, leaf := range leaves {
		line, after, whole := bytes.Cut(rest, []byte{'\n'})
		if !whole || tlog.RecordHash(line) != leaf {
			return ErrLost
		}
		rest = after
	}
	if len(rest) > 0 {
		return ErrLost
	}
	_, err := c.file.WriteAt(b, from)
	return err
}

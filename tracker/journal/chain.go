package journal

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// chain is a journal's three files as their writer holds them: the lines, their leaf hashes, and
// the checkpoint. Lines are collected, flushed to the operating system, and later synced, which
// also stores their hashes and signs. A chain has one user, except that sync may run beside it.
type chain struct {
	layout
	name string // of its files
	id   tracker.ID
	key  *Key // nil: its checkpoints are not signed

	file disk
	size int64  // bytes of file that count; a failed flush may leave a part of buf behind them
	buf  []byte // lines to flush
	next []tlog.Hash

	mu      sync.Mutex
	tree    tree        // over the flushed lines
	flushed int64       // bytes of file that the tree covers
	leaves  []tlog.Hash // of flushed lines that are not known to be durable; the hashes of the others are stored
	stored  int64       // how many are
	durable int64       // their bytes
	signed  int64       // the size that the checkpoint file tells

	syncing sync.Mutex
	doubt   bool // what is not known to be durable may not get to the disk by a sync alone
}

// append collects an entry.
func (c *chain) append(e tracker.Entry) error {
	line, err := tracker.EncodeEntry(e)
	if err != nil {
		return err
	}
	if len(line) > MaxLine {
		return fmt.Errorf("append %s entry: its line has %d bytes, more than %d", e.Head().Kind, len(line), MaxLine)
	}
	c.buf = append(append(c.buf, line...), '\n')
	c.next = append(c.next, tlog.RecordHash(line))
	return nil
}

// flush hands collected lines to the operating system. After an error the next flush writes the
// same bytes at the same place.
func (c *chain) flush() error {
	if len(c.buf) == 0 {
		return nil
	}
	if _, err := c.file.WriteAt(c.buf, c.size); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	c.size += int64(len(c.buf))
	c.buf = c.buf[:0]
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushed = c.size
	for _, leaf := range c.next {
		c.tree.add(leaf)
	}
	c.leaves = append(c.leaves, c.next...)
	c.next = c.next[:0]
	return nil
}

// sync makes flushed lines durable, stores their hashes, and signs the tree. The order keeps the
// checkpoint from ever speaking of more than is there: what it will tell is settled first, and then
// blobs makes durable what those lines name; nil when they name nothing.
func (c *chain) sync(blobs func() error) error {
	c.syncing.Lock()
	defer c.syncing.Unlock()
	c.mu.Lock()
	now, leaves, stored, signed := c.tree.checkpoint(c.id), c.leaves, c.stored, c.signed
	from, to := c.durable, c.flushed
	c.mu.Unlock()
	if now.size == signed {
		return nil
	}
	if blobs != nil {
		if err := blobs(); err != nil {
			return err
		}
	}
	if err := c.syncLines(from, to, leaves); err != nil {
		return fmt.Errorf("sync journal: %w", err)
	}
	if err := writeHashes(c.hashes(c.name), stored, leaves); err != nil {
		return fmt.Errorf("write hashes: %w", err)
	}
	note, err := now.sign(c.key)
	if err != nil {
		return err
	}
	if err := writeAtomic(c.checkpoint(c.name), note); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leaves = append([]tlog.Hash(nil), c.leaves[len(leaves):]...)
	c.stored, c.signed, c.durable = now.size, now.size, to
	return nil
}

// note returns the signed checkpoint of what is flushed, as it would be in the checkpoint file.
func (c *chain) note() ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tree.checkpoint(c.id).sign(c.key)
}

// writeHashes stores leaf hashes from the given index on.
func writeHashes(path string, from int64, leaves []tlog.Hash) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	b := make([]byte, 0, len(leaves)*tlog.HashSize)
	for _, leaf := range leaves {
		b = append(b, leaf[:]...)
	}
	_, err = file.WriteAt(b, from*tlog.HashSize)
	if err == nil {
		err = file.Sync()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	return err
}

// Package spill keeps records of two sides in partitions by their hash, so that each partition can be looked at alone:
// in memory while they are few, else in temporary files. It knows nothing of what is in a record.
package spill

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// partitionBytes is how large a partition's side is meant to be, limits how many there are.
const (
	partitionBytes                   = 16 << 20
	fewestPartitions, mostPartitions = 64, 1024
)

// Store holds the records.
type Store struct {
	sides  [2][]bucket
	most   int // bytes of a bucket in memory
	folder string
	once   sync.Once
	err    error // of making the folder
}

// bucket is one side of a partition.
type bucket struct {
	mu     sync.Mutex
	memory []byte
	file   string // what did not fit, when there is one
}

// New returns an empty store. Expected is about how many bytes of records will come; about limit bytes are kept in
// memory.
func New(expected, limit int64) *Store {
	n := fewestPartitions
	for int64(n)*2*partitionBytes < expected && n < mostPartitions {
		n *= 2
	}
	s := &Store{most: int(limit) / (2 * n)}
	for side := range s.sides {
		s.sides[side] = make([]bucket, n)
	}
	return s
}

// Close removes what is in files.
func (s *Store) Close() error {
	if s.folder == "" {
		return nil
	}
	if err := os.RemoveAll(s.folder); err != nil {
		return fmt.Errorf("remove temporary files: %w", err)
	}
	return nil
}

// Writer adds records for one goroutine.
type Writer struct {
	store *Store
	sides [2][][]byte
	most  int
}

// Writer returns a new writer.
func (s *Store) Writer() *Writer {
	n := len(s.sides[0])
	return &Writer{store: s, sides: [2][][]byte{make([][]byte, n), make([][]byte, n)}, most: min(8<<10, s.most)}
}

// Add keeps a record. Equal hashes are in the same partition.
func (w *Writer) Add(side int, hash uint64, record []byte) error {
	i := int(hash % uint64(len(w.sides[side])))
	b := binary.AppendUvarint(w.sides[side][i], uint64(len(record)))
	w.sides[side][i] = append(b, record...)
	if len(w.sides[side][i]) >= w.most {
		return w.hand(side, i)
	}
	return nil
}

// Flush hands all records over; Each sees only those.
func (w *Writer) Flush() error {
	for side := range w.sides {
		for i := range w.sides[side] {
			if err := w.hand(side, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Writer) hand(side, i int) error {
	b := &w.store.sides[side][i]
	b.mu.Lock()
	defer b.mu.Unlock()
	b.memory = append(b.memory, w.sides[side][i]...)
	w.sides[side][i] = w.sides[side][i][:0]
	if len(b.memory) < w.store.most {
		return nil
	}
	return w.store.move(b, strconv.Itoa(side)+"-"+strconv.Itoa(i))
}

// move appends a bucket's memory to its file.
func (s *Store) move(b *bucket, name string) error {
	s.once.Do(func() { s.folder, s.err = os.MkdirTemp("", "gemba-rows-*") })
	if s.err != nil {
		return fmt.Errorf("make temporary folder: %w", s.err)
	}
	b.file = filepath.Join(s.folder, name)
	f, err := os.OpenFile(b.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write temporary file: %w", err)
	}
	_, err = f.Write(b.memory)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write temporary file: %w", err)
	}
	b.memory = b.memory[:0]
	return nil
}

// Each gives all partitions, several at a time: the records of both sides, in no order. They may be kept until the
// store is closed.
func (s *Store) Each(ctx context.Context, workers int, visit func(partition int, a, b [][]byte) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for worker := range workers {
		running.Go(func() {
			for i := worker; i < len(s.sides[0]) && ctx.Err() == nil; i += workers {
				if err := s.partition(i, visit); err != nil {
					cancel(err)
				}
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

func (s *Store) partition(i int, visit func(int, [][]byte, [][]byte) error) error {
	a, err := s.sides[0][i].records()
	if err != nil {
		return err
	}
	b, err := s.sides[1][i].records()
	if err != nil {
		return err
	}
	return visit(i, a, b)
}

// records reads a bucket.
func (b *bucket) records() (records [][]byte, err error) {
	all := b.memory
	if b.file != "" {
		if all, err = os.ReadFile(b.file); err != nil {
			return nil, fmt.Errorf("read temporary file: %w", err)
		}
		all = append(all, b.memory...)
	}
	for len(all) > 0 {
		n, size := binary.Uvarint(all)
		records = append(records, all[size:size+int(n)])
		all = all[size+int(n):]
	}
	return records, nil
}

package snapshot

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// cacheWriter writes a stat cache beside the old one and puts it in its place at the end. It never stops a
// snapshot: what cannot be written is forgotten.
type cacheWriter struct {
	path string
	file *os.File // nil when there is none
	out  *bufio.Writer
	size int64
	body []byte
	err  error
}

// createCache begins a stat cache that will be at path; none when path is empty.
func createCache(path string) *cacheWriter {
	w := &cacheWriter{path: path}
	if path == "" {
		return w
	}
	if w.err = os.MkdirAll(filepath.Dir(path), 0o755); w.err == nil {
		w.file, w.err = os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	}
	if w.err == nil {
		w.out = bufio.NewWriterSize(w.file, 256<<10)
		w.write([]byte(cacheMagic))
	}
	return w
}

func (w *cacheWriter) write(b []byte) {
	n, err := w.out.Write(b)
	w.size += int64(n)
	if err != nil && w.err == nil {
		w.err = err
	}
}

func (w *cacheWriter) record(kind byte, body []byte) {
	if w.file == nil || w.err != nil {
		return
	}
	w.write(binary.AppendUvarint([]byte{kind}, uint64(len(body))))
	w.write(body)
	w.write(binary.BigEndian.AppendUint32(nil, castagnoli(body)))
}

func (w *cacheWriter) folder(f *folder) {
	if w.file == nil || w.err != nil {
		return
	}
	b := append(binary.AppendUvarint(w.body[:0], uint64(len(f.name))), f.name...)
	for i := range f.entries {
		b = appendRemembered(b, &f.entries[i], &f.items[i])
	}
	w.body = b
	w.record(folderRecord, b)
}

func (w *cacheWriter) end(s summary) { w.record(endRecord, appendSummary(nil, s)) }

// keep puts the cache in its place, with the stamp of the store that has all it names.
func (w *cacheWriter) keep(s Stamp) error {
	if w.file == nil {
		return w.fault(w.err)
	}
	at := w.size
	w.record(stampRecord, s.append(nil))
	w.write(binary.BigEndian.AppendUint64(nil, uint64(at)))
	err := errors.Join(w.err, w.out.Flush(), w.file.Close())
	if err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	if err != nil {
		_ = os.Remove(w.file.Name())
	}
	w.file = nil
	return w.fault(err)
}

func (w *cacheWriter) fault(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write stat cache: %w", err)
}

// forget removes what was written, unless it was kept.
func (w *cacheWriter) forget() {
	if w.file != nil {
		_ = w.file.Close()
		_ = os.Remove(w.file.Name())
	}
}

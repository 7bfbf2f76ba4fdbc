package environ

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// digests remembers the SHA-256 of large files from one session to the next, by path, size and time of change.
type digests struct {
	path    string // of the file they are kept in, empty for none
	known   map[string]digest
	changed bool
}

type digest struct {
	Size    int64     `json:"size"`
	ModTime time.Time `json:"modified"`
	SHA256  string    `json:"sha256"`
}

// settled is how long a file must have been left alone before its time of change vouches for it: file systems
// may tell two changes within this time apart by nothing.
const settled = 2 * time.Second

// openDigests reads what is kept in dir. What cannot be read is computed again.
func openDigests(dir string) *digests {
	d := &digests{known: map[string]digest{}}
	if dir == "" {
		return d
	}
	d.path = filepath.Join(dir, "digests.json")
	if b, err := os.ReadFile(d.path); err == nil && json.Unmarshal(b, &d.known) != nil {
		d.known = map[string]digest{}
	}
	return d
}

// of returns the SHA-256 of a file in hexadecimal.
func (d *digests) of(ctx context.Context, path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	before, err := file.Stat()
	if err != nil {
		return "", err
	}
	if !before.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no regular file", path)
	}
	if old, ok := d.known[path]; ok && old.Size == before.Size() && old.ModTime.Equal(before.ModTime()) {
		return old.SHA256, nil
	}
	hash, now := sha256.New(), time.Now()
	if _, err := io.CopyBuffer(hash, &stoppable{ctx, file}, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	if now.Sub(before.ModTime()) > settled {
		d.known[path], d.changed = digest{before.Size(), before.ModTime(), sum}, true
	}
	return sum, nil
}

// save keeps what is known of files that are still there. What cannot be kept is computed again, so errors do not matter.
func (d *digests) save() {
	if !d.changed || d.path == "" || os.MkdirAll(filepath.Dir(d.path), 0o700) != nil {
		return
	}
	for path := range d.known {
		if _, err := os.Stat(path); err != nil {
			delete(d.known, path)
		}
	}
	b, _ := json.MarshalIndent(d.known, "", "  ") // texts, numbers and times always encode
	temp, err := os.CreateTemp(filepath.Dir(d.path), ".digests-*")
	if err != nil {
		return
	}
	_, err = temp.Write(b)
	if closeErr := temp.Close(); err != nil || closeErr != nil || os.Rename(temp.Name(), d.path) != nil {
		_ = os.Remove(temp.Name())
	}
}

// stoppable is a reader that ends with ctx.
type stoppable struct {
	ctx context.Context
	io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := context.Cause(s.ctx); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

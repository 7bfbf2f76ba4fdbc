package remote

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker/journal"
)

// Bundle is a bundle that was verified; it is a Bucket to pull from.
type Bundle struct {
	Key     string // id of the key that signed it
	file    *os.File
	objects map[string]*io.SectionReader
}

// OpenBundle verifies the bundle at path: its list is signed, and each object is there, once, with the size and sum that the
// list tells, and nothing else. Its error is ErrCorrupt when that is not so.
func OpenBundle(path string) (*Bundle, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%w: %s: a bundle is verified whole before anything of it is used, so save it in a file first", ErrNotFile, path)
	}
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	b := &Bundle{file: file, objects: map[string]*io.SectionReader{}}
	if err := b.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("open bundle %s: %w", path, err), file.Close())
	}
	return b, nil
}

// manifestLimit is the longest list that is read, in bytes.
const manifestLimit = 64 << 20

func (b *Bundle) read() error {
	r := tar.NewReader(b.file)
	h, err := r.Next()
	if err != nil || h.Name != manifestName || h.Size > manifestLimit {
		return fmt.Errorf("%w: it does not begin with a list of what is in it", ErrCorrupt)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	lines, key, err := journal.OpenStatement(text, manifestWhat)
	if err != nil {
		return err
	}
	b.Key = key
	listed, err := parseManifest(lines)
	if err != nil {
		return err
	}
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		if err := b.add(h, r, listed); err != nil {
			return err
		}
	}
	for name := range listed {
		return fmt.Errorf("%w: %s is missing", ErrCorrupt, name)
	}
	return nil
}

// add verifies one object and takes it from the list.
func (b *Bundle) add(h *tar.Header, r io.Reader, listed map[string]member) error {
	m, ok := listed[h.Name]
	if !ok || h.Typeflag != tar.TypeReg || h.Size != m.size {
		return fmt.Errorf("%w: %q is not what the list says", ErrCorrupt, h.Name)
	}
	delete(listed, h.Name)
	at, err := b.file.Seek(0, io.SeekCurrent) // a tar is read without a buffer, so the object begins here
	if err != nil {
		return err
	}
	hash := sha256.New()
	n, err := io.Copy(hash, r)
	if err != nil || n != m.size || hex.EncodeToString(hash.Sum(nil)) != m.sum {
		return errors.Join(fmt.Errorf("%w: %s is not what was bundled", ErrCorrupt, h.Name), err)
	}
	b.objects[h.Name] = io.NewSectionReader(b.file, at, m.size)
	return nil
}

// parseManifest reads the list; names that are none of ours are refused.
func parseManifest(lines string) (map[string]member, error) {
	all := map[string]member{}
	for line := range strings.Lines(lines) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		if len(parts) != 3 {
			return nil, fmt.Errorf("%w: its list has the line %.80q", ErrCorrupt, line)
		}
		size, err := strconv.ParseInt(parts[1], 10, 64)
		_, twice := all[parts[2]]
		if err != nil || size < 0 || twice || !isOurs(parts[2]) {
			return nil, fmt.Errorf("%w: its list has the line %.80q", ErrCorrupt, line)
		}
		all[parts[2]] = member{parts[2], size, parts[0]}
	}
	return all, nil
}

// isOurs reports whether an object may have a name.
func isOurs(name string) bool {
	_, lines := parseLines(name)
	_, _, checked := parseChecked(name)
	return name == formatName || packPattern.MatchString(name) || lines || checked
}

// List tells what is in the bundle.
func (b *Bundle) List(_ context.Context, prefix string, visit func(string, int64) error) error {
	for name, body := range b.objects {
		if strings.HasPrefix(name, prefix) {
			if err := visit(name, body.Size()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Get reads a part of an object.
func (b *Bundle) Get(_ context.Context, name string, offset, length int64) (io.ReadCloser, error) {
	body, ok := b.objects[name]
	if !ok {
		return nil, fmt.Errorf("get %s: %w", name, ErrNotFound)
	}
	if length < 0 {
		length = max(0, body.Size()-offset)
	}
	return io.NopCloser(io.NewSectionReader(body, offset, length)), nil
}

// Put fails: a bundle does not change.
func (b *Bundle) Put(context.Context, string, *io.SectionReader) error {
	return errors.New("a bundle does not change")
}

// Close closes the file.
func (b *Bundle) Close() error { return b.file.Close() }

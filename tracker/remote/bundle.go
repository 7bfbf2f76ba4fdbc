package remote

import (
	"archive/tar"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// A bundle is a remote in one file: a POSIX tar of its objects, behind a statement, signed, that lists them.
const (
	manifestName = "manifest"
	manifestWhat = "github.com/gemba-ml/gemba/bundle-1"
)

// WriteBundle writes the bundle of some journals, with all blobs that they need, to out. The ledger-wide journal
// stays at home, since it lists others.
func WriteBundle(ctx context.Context, dir string, journals []tracker.ID, key *journal.Key, out io.Writer, now time.Time) (Report, error) {
	tmp, err := os.MkdirTemp("", "gemba-bundle-")
	if err != nil {
		return Report{}, fmt.Errorf("write bundle: %w", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	b, err := Open(ctx, tmp)
	if err != nil {
		return Report{}, fmt.Errorf("write bundle: %w", err)
	}
	defer func() { _ = b.Close() }()
	only := func(id tracker.ID) bool { return slices.Contains(journals, id) }
	report, err := Push(ctx, dir, b, Options{Only: only})
	if err == nil {
		err = writeTar(ctx, tmp, b, key, out, now)
	}
	if err != nil {
		return report, fmt.Errorf("write bundle: %w", err)
	}
	return report, nil
}

// member is an object of a bundle.
type member struct {
	name string
	size int64
	sum  string
}

func (m member) line() string { return fmt.Sprintf("%s %d %s\n", m.sum, m.size, m.name) }

// writeTar writes the objects of a bucket that lies in a folder.
func writeTar(ctx context.Context, folder string, b Bucket, key *journal.Key, out io.Writer, now time.Time) error {
	var members []member
	err := b.List(ctx, "", func(name string, size int64) error {
		sum, err := sumOf(filepath.Join(folder, filepath.FromSlash(name)))
		members = append(members, member{name, size, sum})
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	var list strings.Builder
	for _, m := range members {
		list.WriteString(m.line())
	}
	manifest, err := journal.SignStatement(key, manifestWhat, list.String())
	if err != nil {
		return err
	}
	w := tar.NewWriter(out)
	err = addMember(w, manifestName, int64(len(manifest)), strings.NewReader(string(manifest)), now)
	for _, m := range members {
		if err == nil {
			err = addFile(w, filepath.Join(folder, filepath.FromSlash(m.name)), m, now)
		}
	}
	return errors.Join(err, w.Close())
}

func sumOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	return hex.EncodeToString(hash.Sum(nil)), err
}

func addFile(w *tar.Writer, path string, m member, now time.Time) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return addMember(w, m.name, m.size, file, now)
}

func addMember(w *tar.Writer, name string, size int64, r io.Reader, now time.Time) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: now, Format: tar.FormatUSTAR}
	if err := w.WriteHeader(h); err != nil {
		return err
	}
	_, err := io.Copy(w, r)
	return err
}

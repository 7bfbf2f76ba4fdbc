// Package settings reads gemba.json, the file in which a project says how it wants to be recorded. A
// project without one gets the defaults.
package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Name is the file, at the root of the git repository, else in the notebook's folder.
const Name = "gemba.json"

// Settings are what gemba.json may say.
type Settings struct {
	Code              Policy             `json:"code"`                // what to do when the work tree is dirty
	UntrackedLimit    Size               `json:"untracked_limit"`     // untracked files above it are named, not kept
	AutoSnapshotLimit Size               `json:"auto_snapshot_limit"` // files that cells read are kept up to this size
	Strict            bool               `json:"strict"`              // another environment than the locked one is refused
	Variables         []string           `json:"variables"`           // environment variables recorded beside the standard ones
	Remote            string             `json:"remote"`              // where push and pull go
	Datasets          map[string]Dataset `json:"datasets"`            // by the name of their snapshots
}

// Dataset is a dataset's line in the catalogue, and its data-quality rules.
type Dataset struct {
	Owner     string            `json:"owner"`
	Source    string            `json:"source"`
	Licence   string            `json:"licence"`
	Sensitive string            `json:"sensitivity"`
	Rules     []json.RawMessage `json:"rules"` // see lineage/profile
}

// Policy is what to do about a dirty work tree.
type Policy string

// The policies.
const (
	Record Policy = "record" // keep what differs, say nothing
	Warn   Policy = "warn"   // keep it, and say so
	Refuse Policy = "refuse" // run no cell
)

// ErrInvalid says that gemba.json is wrong.
var ErrInvalid = errors.New("invalid settings")

// Default returns the settings of a project that says nothing.
func Default() Settings {
	return Settings{Code: Record, UntrackedLimit: 10_000_000, AutoSnapshotLimit: 256_000_000}
}

// Load reads gemba.json in dir; one that is not there is all defaults. Its error is ErrInvalid for a file
// that is wrong, with the place; the defaults are returned with it.
func Load(dir string) (Settings, error) {
	s := Default()
	path := filepath.Join(dir, Name)
	b, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return Default(), fmt.Errorf("read settings %s: %w: %w", path, ErrInvalid, err)
	}
	return s, nil
}

// maxSize is how large gemba.json may be, in bytes.
const maxSize = 1 << 20

// read reads a regular file: opening a pipe would wait for a writer, and a device may have no end.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return nil, fmt.Errorf("%s: %w: it is no file, or larger than a megabyte", path, ErrInvalid)
	}
	return os.ReadFile(path)
}

// UnmarshalText accepts one of the policies.
func (p *Policy) UnmarshalText(b []byte) error {
	switch v := Policy(b); v {
	case Record, Warn, Refuse:
		*p = v
		return nil
	}
	return fmt.Errorf("code is %q: want record, warn or refuse", b)
}

// Size is a number of bytes, in JSON a number or a text such as "256 MB" (powers of 1000) or "1 GiB".
type Size int64

// units are the ends of a text that is a size; the longer ones come first.
var units = []struct {
	name  string
	bytes float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1},
}

// UnmarshalJSON reads a number or a text.
func (s *Size) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		text = string(b)
	}
	n, err := ParseSize(text)
	*s = n
	return err
}

// ParseSize reads a text such as 100, "256 MB" or "1GiB".
func ParseSize(text string) (Size, error) {
	number, factor := strings.ToLower(strings.TrimSpace(text)), 1.0
	for _, unit := range units {
		if rest, ok := strings.CutSuffix(number, unit.name); ok {
			number, factor = strings.TrimSpace(rest), unit.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n < 0 || n*factor > 1<<62 {
		return 0, fmt.Errorf("%q is not a size: want bytes, or a number with kB, MB, GB or TB", text)
	}
	return Size(n * factor), nil
}

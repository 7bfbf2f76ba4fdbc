package gitstate

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/tracker"
)

// Change is a path whose state differs from HEAD's.
type Change struct {
	Path       string // slash-separated, relative to the root, of any bytes
	Status     Status
	Index      Place
	Mode       uint32 // of what is in the work tree: type and permissions as Unix has them; 0 when nothing is
	Size       int64  // of the work tree's bytes
	Digest     tracker.Digest
	Staged     tracker.Digest // the index's content, when Index is Other
	StagedMode uint32
	Old        string  // where HEAD holds the same content, when Status is Renamed
	Target     string  // of a link
	Commit     string  // of a submodule, in the work tree
	Dirty      int     // how many paths in the submodule differ from Commit
	Module     string  // the submodule that the path is in
	Stages     []Stage // of a conflict
	Binary     bool
	Redacted   bool   // secrets were taken out of what Digest, Staged or Stages name
	Filter     string // what makes the bytes differ from git's: "crlf", "lfs", "ident", an encoding, a filter's name
	Pointed    string // SHA-256, in hexadecimal, of what an LFS pointer stands for, or of large bytes that are not kept
	Marks      []Mark
	Missing    string // why bytes are not kept
}

// Status says how the work tree differs from HEAD.
type Status string

// The statuses.
const (
	Modified   Status = "modified" // content, mode or type
	Added      Status = "added"    // in the index, not in HEAD
	Deleted    Status = "deleted"  // not in the work tree
	Renamed    Status = "renamed"  // added, and HEAD holds the same content where now nothing is
	Untracked  Status = "untracked"
	Conflicted Status = "conflicted"
	Staged     Status = "staged"   // the work tree is HEAD's, the index is not
	Filtered   Status = "filtered" // clean to git, but the bytes are not HEAD's
	Left       Status = "sparse"   // HEAD's file, or all of a folder, is not in the work tree on purpose
)

// Place says which version of a path the index holds.
type Place string

// The places.
const (
	AsWork Place = "work" // that of the work tree
	AsHead Place = "head"
	Other  Place = "other" // a third one
	None   Place = "none"
)

// Mark is what the index says of an entry beside its content.
type Mark string

// The marks.
const (
	IntentToAdd     Mark = "intent-to-add"
	AssumeUnchanged Mark = "assume-unchanged"
	SkipWorktree    Mark = "skip-worktree"
)

// Stage is one side of a conflict: 1 is the common ancestor, 2 ours, 3 theirs.
type Stage struct {
	Stage  int            `json:"stage"`
	Mode   octal          `json:"mode"`
	Digest tracker.Digest `json:"digest,omitzero"`
	Commit string         `json:"commit,omitempty"` // of a submodule
}

// dirty reports whether git, too, would call the path changed.
func (c *Change) dirty() bool { return c.Status != Filtered && c.Status != Left && c.Module == "" }

// octal is a mode, written as git does.
type octal uint32

func (o octal) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%06o", uint32(o)), nil }

func (o *octal) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 8, 32)
	*o = octal(n)
	return err
}

// line is a Change in a document. A member whose name ends in 64 is the base64 of bytes that are no UTF-8, or
// that would be taken for a digest.
type line struct {
	Path       string         `json:"path,omitempty"`
	Path64     []byte         `json:"path64,omitempty"`
	Status     Status         `json:"status"`
	Index      Place          `json:"index,omitempty"`
	Mode       octal          `json:"mode,omitzero"`
	Size       int64          `json:"size,omitempty"`
	Digest     tracker.Digest `json:"digest,omitzero"`
	Staged     tracker.Digest `json:"staged,omitzero"`
	StagedMode octal          `json:"staged_mode,omitzero"`
	Old        string         `json:"old,omitempty"`
	Old64      []byte         `json:"old64,omitempty"`
	Target     string         `json:"target,omitempty"`
	Target64   []byte         `json:"target64,omitempty"`
	Commit     string         `json:"commit,omitempty"`
	Dirty      int            `json:"dirty,omitempty"`
	Module     string         `json:"module,omitempty"`
	Module64   []byte         `json:"module64,omitempty"`
	Stages     []Stage        `json:"stages,omitempty"`
	Binary     bool           `json:"binary,omitempty"`
	Redacted   bool           `json:"redacted,omitempty"`
	Filter     string         `json:"filter,omitempty"`
	Pointed    string         `json:"sha256,omitempty"`
	Marks      []Mark         `json:"marks,omitempty"`
	Missing    string         `json:"missing,omitempty"`
}

// appendJSON appends the line of c.
func (c *Change) appendJSON(b []byte) []byte {
	l := line{Status: c.Status, Index: c.Index, Mode: octal(c.Mode), Size: c.Size, Digest: c.Digest, Staged: c.Staged,
		StagedMode: octal(c.StagedMode), Commit: c.Commit, Dirty: c.Dirty, Stages: c.Stages, Binary: c.Binary,
		Redacted: c.Redacted, Filter: c.Filter, Pointed: c.Pointed, Marks: c.Marks, Missing: strings.ToValidUTF8(c.Missing, "�")}
	l.Path, l.Path64 = asText(c.Path)
	l.Old, l.Old64 = asText(c.Old)
	l.Target, l.Target64 = asText(c.Target)
	l.Module, l.Module64 = asText(c.Module)
	text, err := json.Marshal(l)
	if err != nil {
		panic(err) // no member of line can fail
	}
	return append(append(b, text...), '\n')
}

// asText returns name as text where JSON can hold it, else as bytes.
func asText(name string) (text string, bytes []byte) {
	if _, err := tracker.ParseDigest(name); err == nil || !utf8.ValidString(name) {
		return "", []byte(name)
	}
	return name, nil
}

// ParseChanges reads a document that Document made.
func ParseChanges(document []byte) (changes []Change, err error) {
	for text := range strings.Lines(string(document)) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			return nil, fmt.Errorf("read changes, line %d: %w", len(changes)+1, err)
		}
		changes = append(changes, Change{Path: l.Path + string(l.Path64), Status: l.Status, Index: l.Index, Mode: uint32(l.Mode),
			Size: l.Size, Digest: l.Digest, Staged: l.Staged, StagedMode: uint32(l.StagedMode), Old: l.Old + string(l.Old64),
			Target: l.Target + string(l.Target64), Commit: l.Commit, Dirty: l.Dirty, Module: l.Module + string(l.Module64), Stages: l.Stages,
			Binary: l.Binary, Redacted: l.Redacted, Filter: l.Filter, Pointed: l.Pointed, Marks: l.Marks, Missing: l.Missing})
	}
	return changes, nil
}

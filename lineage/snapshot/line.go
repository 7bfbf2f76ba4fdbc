package snapshot

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/tracker"
)

// Type is what a line of a tree is about.
type Type string

// The types. Only files, folders and links are kept; the others are listed.
const (
	File   Type = "file"
	Folder Type = "folder"
	Link   Type = "link"
	Pipe   Type = "pipe"
	Socket Type = "socket"
	Device Type = "device"
	Other  Type = "other"
)

// Line is one line of a tree document: a thing in a folder. FORMAT.md says how it is written.
type Line struct {
	Name    string
	Type    Type
	Mode    fs.FileMode    // its permissions, with setuid, setgid and sticky
	Size    int64          // of a file, in bytes
	Digest  tracker.Digest // of a file
	Tree    tracker.Digest // of a folder
	Files   int64          // in a folder and below: those that are kept
	Bytes   int64          // of these files
	Target  string         // of a link
	Missing string         // why it is not kept, or not wholly
}

// ErrDocument says that a blob is no tree document.
var ErrDocument = errors.New("not a tree document")

// append appends the line as it stands in a document. Members have one order and texts one form, so that
// equal lines have equal bytes.
func (l *Line) append(b []byte) []byte {
	b = appendBytes(append(b, '{'), "name", l.Name)
	b = append(append(append(b, `,"type":"`...), l.Type...), '"')
	if l.Type == File || l.Type == Folder {
		b = append(b, `,"mode":"`...)
		b = append(appendMode(b, l.Mode), '"')
	}
	if l.Type == File {
		b = appendNumber(b, "size", l.Size)
		b = appendDigest(b, "digest", l.Digest)
	}
	if l.Type == Folder && !l.Tree.IsZero() {
		b = appendDigest(b, "tree", l.Tree)
		b = appendNumber(b, "files", l.Files)
		b = appendNumber(b, "bytes", l.Bytes)
	}
	if l.Type == Link && l.Missing == "" {
		b = appendBytes(append(b, ','), "target", l.Target)
	}
	if l.Missing != "" {
		b = append(b, `,"missing":`...)
		b = appendText(b, strings.ToValidUTF8(l.Missing, "�"))
	}
	return append(b, "}\n"...)
}

// appendBytes appends a member that may hold any bytes: as text where that is possible and names no blob,
// else as base64 with "64" behind the member's name.
func appendBytes(b []byte, member, value string) []byte {
	b = append(append(b, '"'), member...)
	if _, err := tracker.ParseDigest(value); err != nil && utf8.ValidString(value) {
		return appendText(append(b, `":`...), value)
	}
	b = append(b, `64":"`...)
	return append(base64.StdEncoding.AppendEncode(b, []byte(value)), '"')
}

// appendText appends a JSON string in which only ", \ and what is below a blank are escaped.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func appendNumber(b []byte, member string, n int64) []byte {
	b = append(append(append(b, `,"`...), member...), `":`...)
	return strconv.AppendInt(b, n, 10)
}

const hexDigits = "0123456789abcdef"

func appendDigest(b []byte, member string, d tracker.Digest) []byte {
	if d.IsZero() {
		return b
	}
	b = append(append(append(b, `,"`...), member...), `":"sha256:`...)
	for _, c := range d {
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
	}
	return append(b, '"')
}

// special are the bits of a mode beside the permissions, as Unix writes them.
var special = []struct {
	mode fs.FileMode
	bit  uint64
}{{fs.ModeSetuid, 0o4000}, {fs.ModeSetgid, 0o2000}, {fs.ModeSticky, 0o1000}}

// appendMode appends a mode in octal, four digits.
func appendMode(b []byte, m fs.FileMode) []byte {
	bits := uint64(m.Perm())
	for _, s := range special {
		if m&s.mode != 0 {
			bits |= s.bit
		}
	}
	return append(b, '0'+byte(bits>>9), '0'+byte(bits>>6&7), '0'+byte(bits>>3&7), '0'+byte(bits&7))
}

// ModeText is the mode of a file or folder in octal, four digits; empty for all else.
func (l *Line) ModeText() string {
	if l.Type != File && l.Type != Folder {
		return ""
	}
	return string(appendMode(nil, l.Mode))
}

func parseMode(s string) (fs.FileMode, error) {
	bits, err := strconv.ParseUint(s, 8, 32)
	if err != nil || len(s) != 4 {
		return 0, fmt.Errorf("%w: the mode is %q", ErrDocument, s)
	}
	mode := fs.FileMode(bits & 0o777)
	for _, s := range special {
		if bits&s.bit != 0 {
			mode |= s.mode
		}
	}
	return mode, nil
}

// written is a line as JSON has it.
type written struct {
	Name     *string        `json:"name"`
	Name64   []byte         `json:"name64"`
	Type     Type           `json:"type"`
	Mode     string         `json:"mode"`
	Size     int64          `json:"size"`
	Digest   tracker.Digest `json:"digest"`
	Tree     tracker.Digest `json:"tree"`
	Files    int64          `json:"files"`
	Bytes    int64          `json:"bytes"`
	Target   *string        `json:"target"`
	Target64 []byte         `json:"target64"`
	Missing  string         `json:"missing"`
}

// parseLine reads a line of a document. Its error is ErrDocument. Members that it does not know are skipped.
func parseLine(b []byte) (l Line, err error) {
	var w written
	if err := json.Unmarshal(bytes.TrimSpace(b), &w); err != nil {
		return l, fmt.Errorf("%w: %w", ErrDocument, err)
	}
	l = Line{Name: string(w.Name64), Type: w.Type, Size: w.Size, Digest: w.Digest, Tree: w.Tree,
		Files: w.Files, Bytes: w.Bytes, Target: string(w.Target64), Missing: w.Missing}
	if w.Name != nil {
		l.Name = *w.Name
	}
	if w.Target != nil {
		l.Target = *w.Target
	}
	if l.Type == File || l.Type == Folder {
		if l.Mode, err = parseMode(w.Mode); err != nil {
			return l, err
		}
	}
	return l, l.check()
}

// check refuses a line that no snapshot wrote: one whose name would lead out of its folder above all.
func (l *Line) check() error {
	switch {
	case l.Name == "" || l.Name == "." || l.Name == ".." || strings.ContainsAny(l.Name, "/\x00"):
		return fmt.Errorf("%w: %q is no name", ErrDocument, l.Name)
	case l.Size < 0 || l.Files < 0 || l.Bytes < 0:
		return fmt.Errorf("%w: %q has less than nothing", ErrDocument, l.Name)
	case l.Type == Link && l.Missing == "" && (l.Target == "" || strings.Contains(l.Target, "\x00")):
		return fmt.Errorf("%w: the link %q leads nowhere", ErrDocument, l.Name)
	case l.Type == File && l.Missing == "" && l.Digest.IsZero(), l.Type == Folder && l.Missing == "" && l.Tree.IsZero():
		return fmt.Errorf("%w: %q names no blob", ErrDocument, l.Name)
	case l.Type == "":
		return fmt.Errorf("%w: %q has no type", ErrDocument, l.Name)
	}
	return nil
}

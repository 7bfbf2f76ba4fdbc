package observe

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/tracker"
)

// A File is a line of the document about a file.
type File struct {
	Type          string         `json:"type"` // "file", or "folder" for one whose list of files was read
	Path          Text           `json:"-"`    // as the cell named it, absolute
	Real          Text           `json:"-"`    // without links, when that is another path
	Seen          string         `json:"seen,omitempty"`
	Read          bool           `json:"read,omitempty"`
	Written       bool           `json:"written,omitempty"`
	Created       bool           `json:"created,omitempty"`
	Removed       bool           `json:"removed,omitempty"`
	Absent        bool           `json:"absent,omitempty"`
	Size          int64          `json:"size,omitempty"` // after the cell, in bytes; of a removed file before it
	Before        tracker.Digest `json:"before,omitzero"`
	BeforeSHA256  string         `json:"before_sha256,omitempty"`
	BeforeUnknown bool           `json:"before_unknown,omitempty"`
	After         tracker.Digest `json:"after,omitzero"`
	AfterSHA256   string         `json:"after_sha256,omitempty"`
	Kept          *bool          `json:"kept,omitempty"` // false: only the digest is recorded
	Why           string         `json:"why,omitempty"`  // it is not kept
	Missing       string         `json:"missing,omitempty"`
}

// How the observer knows of a file.
const (
	byProgram = "program" // the cell's program opened it
	byFolder  = "folder"  // it changed, or was opened, in the work tree while a child process ran
)

// Process is a line about a child process.
type Process struct {
	Type    string `json:"type"` // "process"
	Command Text   `json:"-"`
	PID     int    `json:"pid,omitempty"` // 0 when nobody saw it run
}

// Host is a line about a host that the cell connected to.
type Host struct {
	Type string `json:"type"` // "host"
	Host string `json:"host"`
}

// Text may hold any bytes. In a document it is a string where that is possible and names no blob, else base64 in a member
// whose name ends in 64.
type Text string

// members gives the text as one of the two members that hold it.
func (t Text) members() (plain string, coded []byte) {
	if isDigest(string(t)) || !utf8.ValidString(string(t)) {
		return "", []byte(t)
	}
	return string(t), nil
}

// isDigest says that a text would pass for a blob's name.
func isDigest(t string) bool {
	if !strings.HasPrefix(t, "sha256:") {
		return false
	}
	_, err := tracker.ParseDigest(t)
	return err == nil
}

// Document is what a document says.
type Document struct {
	Files     []File
	Processes []Process
	Hosts     []Host
}

// writer writes a document. It goes through all that a cell opened, beside the next cell, so it makes little garbage.
type writer struct {
	buffer bytes.Buffer
	lines  *json.Encoder
}

// usual is about the length of a line in bytes.
const usual = 256

func newWriter(files int) *writer {
	w := &writer{}
	w.buffer.Grow(files * usual)
	w.lines = json.NewEncoder(&w.buffer)
	w.lines.SetEscapeHTML(false)
	return w
}

// add writes a line: of strings, numbers and truth values, so that it cannot fail.
func (w *writer) add(line any) { _ = w.lines.Encode(line) }

func (w *writer) file(f *File) {
	line := struct {
		*File
		Path   string `json:"path,omitempty"`
		Path64 []byte `json:"path64,omitempty"`
		Real   string `json:"real,omitempty"`
		Real64 []byte `json:"real64,omitempty"`
	}{File: f}
	line.Path, line.Path64 = f.Path.members()
	line.Real, line.Real64 = f.Real.members()
	w.add(&line)
}

func (w *writer) process(p *Process) {
	line := struct {
		*Process
		Command   string `json:"command,omitempty"`
		Command64 []byte `json:"command64,omitempty"`
	}{Process: p}
	line.Command, line.Command64 = p.Command.members()
	w.add(&line)
}

// Parse reads a document. Lines of types that it does not know are skipped.
func Parse(b []byte) (d Document, err error) {
	for line := range bytes.Lines(b) {
		var texts struct {
			Type, Path, Real, Command       string
			Path64, Real64, Command64, Rest []byte
		}
		if err := json.Unmarshal(line, &texts); err != nil {
			return d, err
		}
		path, real := Text(texts.Path+string(texts.Path64)), Text(texts.Real+string(texts.Real64))
		switch texts.Type {
		case "file", "folder":
			f := File{}
			err = json.Unmarshal(line, &f)
			f.Path, f.Real = path, real
			d.Files = append(d.Files, f)
		case "process":
			p := Process{}
			err = json.Unmarshal(line, &p)
			p.Command = Text(texts.Command + string(texts.Command64))
			d.Processes = append(d.Processes, p)
		case "host":
			h := Host{}
			err = json.Unmarshal(line, &h)
			d.Hosts = append(d.Hosts, h)
		}
		if err != nil {
			return d, err
		}
	}
	return d, nil
}

// joinReasons makes one text of what could not be observed.
func joinReasons(reasons []string) string { return strings.Join(reasons, "; ") }

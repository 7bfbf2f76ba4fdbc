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

func (t Text) append(line []byte, member string) []byte {
	if t == "" {
		return line
	}
	value := any(string(t))
	if isDigest(string(t)) || !utf8.ValidString(string(t)) {
		member, value = member+"64", []byte(t)
	}
	line = append(line[:len(line)-1], `,"`+member+`":`...)
	return append(append(line, encode(value)...), '}')
}

// isDigest says that a text would pass for a blob's name.
func isDigest(t string) bool {
	if !strings.HasPrefix(t, "sha256:") {
		return false
	}
	_, err := tracker.ParseDigest(t)
	return err == nil
}

// encode is JSON without escapes for HTML.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // of strings, numbers and truth values
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (f *File) line() []byte {
	return f.Real.append(f.Path.append(encode(f), "path"), "real")
}

func (p *Process) line() []byte { return p.Command.append(encode(p), "command") }

func (h *Host) line() []byte { return encode(h) }

// Document is what a document says.
type Document struct {
	Files     []File
	Processes []Process
	Hosts     []Host
}

func (d *Document) bytes() []byte {
	var b bytes.Buffer
	add := func(line []byte) { b.Write(append(line, '\n')) }
	for i := range d.Files {
		add(d.Files[i].line())
	}
	for i := range d.Processes {
		add(d.Processes[i].line())
	}
	for i := range d.Hosts {
		add(d.Hosts[i].line())
	}
	return b.Bytes()
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

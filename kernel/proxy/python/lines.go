package python

import (
	"encoding/base64"
	"encoding/json"
)

// line is what hook.py writes: a part of what one cell did.
type line struct {
	Session *Session   `json:"session"`
	Cell    *string    `json:"cell"`    // message id of its request; null for what happened between cells, empty when nobody knows
	Child   int        `json:"child"`   // id of the process that wrote it, when the kernel forked it
	Process int        `json:"process"` // of a whole program's end: which one
	Dir     text       `json:"dir"`     // where relative paths begin
	Raw     int        `json:"raw"`     // bytes behind the line: paths, with zero bytes between them, which were opened for reading
	Wrote   []wrote    `json:"wrote"`
	Run     []text     `json:"run"`  // commands
	Exec    []text     `json:"exec"` // commands that took the place of the process
	Hosts   []string   `json:"hosts"`
	Bound   []string   `json:"bound"`
	Used    []string   `json:"used"`
	Imports [][]string `json:"imports"` // name and version
	Seeds   [][]string `json:"seeds"`   // call and number
	Unseen  []string   `json:"unseen"`  // libraries that open files by themselves
	Workers bool       `json:"workers"` // multiprocessing started processes
	Missed  []string   `json:"missed"`
	End     bool       `json:"end"`

	read []string
}

// text is a text that need not be UTF-8: {"b64": …} then.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return json.Unmarshal(b, (*string)(t))
	}
	var raw struct {
		B64 string `json:"b64"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	bytes, err := base64.StdEncoding.DecodeString(raw.B64)
	*t = text(bytes)
	return err
}

// wrote is a file that was opened for writing, removed or renamed, and what it was before: a list of its path and, if it was
// there, its size, its time of change in nanoseconds and its inode, and then how many paths of the line were read before.
type wrote struct {
	path    string
	after   int
	existed bool
	size    int64
	changed int64
	inode   uint64
}

func (w *wrote) UnmarshalJSON(b []byte) error {
	var fields []json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil {
		return err
	}
	into := []any{(*text)(&w.path), &w.size, &w.changed, &w.inode, &w.after}
	if len(fields) == 2 {
		into = []any{(*text)(&w.path), &w.after}
	}
	for i := range min(len(fields), len(into)) {
		if err := json.Unmarshal(fields[i], into[i]); err != nil {
			return err
		}
	}
	w.existed = len(fields) > 2
	return nil
}

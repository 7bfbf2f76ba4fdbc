// Package reach tells which blobs an entry needs: those that it names, and those that the documents it
// names name in turn. It knows no kind of entry, only the rule of FORMAT.md by which digests are found.
package reach

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/gemba-ml/gemba/tracker"
)

// Blobs is where documents are read from; blob.Store is one.
type Blobs interface {
	Open(tracker.Digest) (io.ReadCloser, int64, error)
}

// Walk calls visit for every blob that the JSON object in line needs, directly or through documents. Visit
// returns whether to go on into a document: false where it was seen before. Documents that are
// missing or wrong go to problem, and the walk goes on.
func Walk(line []byte, blobs Blobs, visit func(d tracker.Digest, document bool) bool, problem func(tracker.Digest, error)) error {
	w := &walker{blobs, visit, problem}
	todo, err := w.line(line, nil)
	for err == nil && len(todo) > 0 {
		d := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		var err error
		if todo, err = w.document(d, todo); err != nil {
			problem(d, err)
		}
	}
	return err
}

type walker struct {
	blobs   Blobs
	visit   func(tracker.Digest, bool) bool
	problem func(tracker.Digest, error)
}

// document visits what a document names and appends the documents among it to todo.
func (w *walker) document(d tracker.Digest, todo []tracker.Digest) ([]tracker.Digest, error) {
	r, _, err := w.blobs.Open(d)
	if err != nil {
		return todo, err
	}
	defer func() { _ = r.Close() }()
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return todo, fmt.Errorf("read document: %w", err)
		}
		if len(bytes.TrimSpace(line)) > 0 {
			var lineErr error
			if todo, lineErr = w.line(line, todo); lineErr != nil {
				return todo, fmt.Errorf("read document %s: %w", d, lineErr)
			}
		}
		if err == io.EOF {
			return todo, nil
		}
	}
}

// line visits what one JSON value names.
func (w *walker) line(line []byte, todo []tracker.Digest) ([]tracker.Digest, error) {
	if !bytes.Contains(line, []byte(`"sha256:`)) {
		return todo, nil
	}
	if names, ok := quick(line); ok {
		for _, n := range names {
			if w.visit(n.digest, n.document) && n.document {
				todo = append(todo, n.digest)
			}
		}
		return todo, nil
	}
	var v any
	if err := json.Unmarshal(line, &v); err != nil {
		return todo, fmt.Errorf("find digests: %w", err)
	}
	return w.value("", v, todo), nil
}

func (w *walker) value(member string, v any, todo []tracker.Digest) []tracker.Digest {
	switch v := v.(type) {
	case map[string]any:
		for name, v := range v {
			todo = w.value(name, v, todo)
		}
	case []any:
		for _, v := range v {
			todo = w.value(member, v, todo)
		}
	case string:
		d, err := tracker.ParseDigest(v)
		if err != nil {
			break
		}
		document := tracker.DocumentMember(member)
		if w.visit(d, document) && document {
			todo = append(todo, d)
		}
	}
	return todo
}

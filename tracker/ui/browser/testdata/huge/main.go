// Command huge makes a ledger of a notebook whose cells showed 100 MB each: FOLDER. Two sessions of it differ.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

func main() {
	if err := fill(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "huge:", err)
		os.Exit(1)
	}
}

// size is how many bytes each of the outputs has, about.
const size = 100_000_000

func fill(dir string) (err error) {
	w, err := journal.Create(dir, journal.Options{Writer: "huge"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	figure, err := picture()
	if err != nil {
		return err
	}
	log := strings.Repeat("epoch 1 of 10: loss 0.123456789\n", size/32)
	page := "<h1>Rows</h1><table>" + strings.Repeat("<tr><td>1</td><td>two</td></tr>", size/31) + "</table>"
	s := session{Writer: w, id: tracker.NewID(), now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, which := range []string{"first", "second"} {
		s.open()
		s.cell("log", which+": log()", show("stream", map[string]any{"name": "stdout", "text": which + "\n" + log}))
		s.cell("page", which+": page()", show("display_data", map[string]any{"data": map[string]any{"text/html": which + page, "text/plain": "a table"}}))
		s.cell("figure", which+": figure()", show("display_data", map[string]any{"data": map[string]any{"image/png": figure, "text/plain": "a figure " + which}}))
	}
	s.cell("lines", "lines()", streams(log[:size/5])...)
	return s.err
}

// picture is an image of about that size in base64, which packs store small.
func picture() (string, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	err := encoder.Encode(&b, image.NewGray(image.Rect(0, 0, 10_000, size/10_000)))
	return base64.StdEncoding.EncodeToString(b.Bytes()), err
}

// streams are the messages of a log that came in pieces.
func streams(log string) (all []tracker.Output) {
	const piece = 64_000
	for ; len(log) >= piece; log = log[piece:] {
		all = append(all, show("stream", map[string]any{"name": "stdout", "text": log[:piece]}))
	}
	return all
}

func show(kind string, content map[string]any) tracker.Output {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // or the page would be three times as long
	if err := e.Encode(content); err != nil {
		panic(err) // texts always encode
	}
	return tracker.Output{Type: kind, Content: bytes.TrimSpace(text.Bytes())}
}

// A session is written entry by entry.
type session struct {
	*journal.Writer
	id    tracker.ID
	now   time.Time
	count int
	err   error
}

func (s *session) open() {
	s.id, s.count = tracker.NewID(), 0
	s.append(&tracker.SessionOpenedEntry{Header: s.head(tracker.ID{}), Engine: "python", Notebook: "/work/huge.ipynb", User: "ada"})
}

func (s *session) cell(name, source string, outputs ...tracker.Output) {
	execution := tracker.NewID()
	s.count++
	s.append(&tracker.CellStartedEntry{Header: s.head(execution), Count: s.count, CellID: name, Notebook: "/work/huge.ipynb", Source: s.put([]byte(source)), SourceSize: int64(len(source))})
	var lines bytes.Buffer
	for _, o := range outputs {
		o.Time = s.now
		e := json.NewEncoder(&lines)
		e.SetEscapeHTML(false)
		s.err = errors.Join(s.err, e.Encode(o))
	}
	s.append(&tracker.CellOutputsEntry{Header: s.head(execution), Outputs: s.put(lines.Bytes()), Size: int64(lines.Len()), Count: len(outputs), Messages: int64(len(outputs))},
		&tracker.CellFinishedEntry{Header: s.head(execution), Status: tracker.OK, Wall: time.Second, Run: time.Second, OutputBytes: int64(lines.Len()), OutputSHA256: fmt.Sprintf("%x", lines.Len())})
}

func (s *session) head(execution tracker.ID) tracker.Header {
	s.now = s.now.Add(time.Second)
	return tracker.Header{Time: s.now, Session: s.id, Execution: execution}
}

func (s *session) put(b []byte) tracker.Digest {
	d, err := s.Put(b)
	s.err = errors.Join(s.err, err)
	return d
}

func (s *session) append(all ...tracker.Entry) {
	for _, e := range all {
		s.err = errors.Join(s.err, s.Append(e))
	}
}

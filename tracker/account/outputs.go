package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Outputs is what a cell execution showed.
type Outputs struct {
	Items   []Output        `json:"items"`
	Missing []MissingOutput `json:"missing"` // places whose bytes are not in the ledger
}

// Output is an output of a cell execution, told without its bytes.
type Output struct {
	N        int              `json:"n"` // its place among all of the execution, from 0
	Time     time.Time        `json:"time"`
	Type     string           `json:"type"`                 // of the message: "stream", "display_data", "execute_result", "error", "update_display_data", "clear_output"
	Stream   string           `json:"stream,omitempty"`     // "stdout" or "stderr"
	Display  string           `json:"display_id,omitempty"` // by which updates name it
	Count    int              `json:"count,omitempty"`      // Out [count]
	Error    string           `json:"error,omitempty"`      // its name
	Value    string           `json:"value,omitempty"`      // of an error: what it says, in one line of bounded length
	Shown    bool             `json:"shown"`                // it was there at the end: not taken away by a clear_output, and no update itself
	Updated  *int             `json:"updated,omitempty"`    // the output that it showed instead of its own at the end
	Behind   bool             `json:"behind_gap,omitempty"` // what came before it is not kept: too much was shown
	Data     []Representation `json:"data"`                 // ways to show it, the richest first
	Metadata json.RawMessage  `json:"metadata,omitempty"`   // of bounded length

	waits   bool // of a clear_output: it clears when something follows
	content json.RawMessage
}

// Representation is one way to show an output.
type Representation struct {
	Type      string  `json:"type"`                // media type
	Size      int64   `json:"size"`                // bytes
	SHA256    string  `json:"sha256"`              // of these bytes
	Text      *string `json:"text,omitempty"`      // its beginning, of what is text and no program (HTML, SVG, JavaScript)
	Truncated bool    `json:"truncated,omitempty"` // Text is not all of it
}

// MissingOutput is where outputs are missing from the ledger.
type MissingOutput struct {
	N      int            `json:"n"` // the first
	Count  int            `json:"count"`
	Digest tracker.Digest `json:"digest,omitzero"`
	Why    string         `json:"why"`

	gone bool // the blob cannot be read: its bytes may come back
}

// TextLimit is how much of a text Representation.Text has at most, in bytes; smallLimit bounds what is told of outputs beside.
const (
	TextLimit  = 64 << 10
	smallLimit = 2 << 10
)

// Outputs tells what a cell execution showed, from an output on, until a limit of outputs or of bytes of texts, which one output may pass, is
// reached; next is then the place to go on, else zero. All is how many there are.
func (r Reader) Outputs(ctx context.Context, cell tracker.ID, from, limit int, room int64) (o Outputs, all, next int, err error) {
	o = Outputs{Items: []Output{}, Missing: []MissingOutput{}}
	listed := []Output{}
	all, err = r.eachOutput(ctx, cell, &o.Missing, func(n int, batch index.Batch, first bool, out tracker.Output) error {
		listed = append(listed, newOutput(n, batch.Tail && first, out))
		return nil
	})
	if err != nil {
		return o, all, 0, err
	}
	markShown(listed)
	for _, out := range listed {
		if out.N < from {
			continue
		}
		if len(o.Items) == limit || room <= 0 {
			return o, all, out.N, nil
		}
		for _, x := range representations(out.Type, out.content) {
			shown := x.told()
			if out.Data = append(out.Data, shown); shown.Text != nil {
				room -= int64(len(*shown.Text))
			}
		}
		room -= smallLimit / 4 // about what the rest takes
		o.Items = append(o.Items, out)
	}
	return o, all, 0, nil
}

// Representation returns the bytes of one way to show an output, and its media type: the one that is asked for, else the richest.
func (r Reader) Representation(ctx context.Context, cell tracker.ID, n int, media string) (b []byte, is string, err error) {
	batches, err := r.Index.Outputs(ctx, cell)
	if err != nil {
		return nil, "", err
	}
	at := 0
	for _, batch := range batches {
		if count := max(batch.Count, 0); n >= at+count {
			at += count
			continue
		}
		blob, err := r.Index.Blob(batch.Digest)
		if err != nil {
			return nil, "", fmt.Errorf("read output %d: %w", n, err)
		}
		for out, err := range tracker.Outputs(bytes.NewReader(blob)) {
			if err != nil {
				return nil, "", err
			}
			if at == n {
				return chooseRepresentation(out, n, media)
			}
			at++
		}
		break
	}
	return nil, "", fmt.Errorf("find output %d: %w", n, index.ErrNotFound)
}

func chooseRepresentation(out tracker.Output, n int, media string) ([]byte, string, error) {
	all := representations(out.Type, out.Content)
	for _, x := range all {
		if media == "" || x.media == media {
			return x.bytes, x.media, nil
		}
	}
	return nil, "", fmt.Errorf("find %q of output %d: %w", media, n, index.ErrNotFound)
}

// eachOutput calls f for each output that is in the ledger, and returns how many there are with those that are not. Places are counted by what
// the entries tell: a blob that holds another number of outputs has some of them missing, and none in the place of another one.
func (r Reader) eachOutput(ctx context.Context, cell tracker.ID, missing *[]MissingOutput, f func(n int, batch index.Batch, first bool, out tracker.Output) error) (n int, err error) {
	batches, err := r.Index.Outputs(ctx, cell)
	if err != nil {
		return 0, err
	}
	for _, batch := range batches {
		began, end := n, n+max(batch.Count, 0)
		blob, err := r.Index.Blob(batch.Digest)
		gone := err != nil
		for out, fault := range tracker.Outputs(bytes.NewReader(blob)) {
			if err = fault; err == nil && n == end {
				err = fmt.Errorf("there are more than the %d that its entry tells", batch.Count)
			}
			if err != nil {
				break
			}
			if err := f(n, batch, n == began, out); err != nil {
				return n, err
			}
			n++
		}
		if err == nil && n < end {
			err = fmt.Errorf("there are %d of the %d that its entry tells", n-began, batch.Count)
		}
		if err != nil {
			*missing = append(*missing, MissingOutput{n, end - n, batch.Digest, err.Error(), gone})
		}
		n = end
	}
	return n, nil
}

// shownContent is what is read of an output's content.
type shownContent struct {
	contentAbout
	Text      json.RawMessage            `json:"text"`
	Data      map[string]json.RawMessage `json:"data"`
	Traceback []string                   `json:"traceback"`
}

// contentAbout is the part of it that is never long.
type contentAbout struct {
	Name      string          `json:"name"`
	Metadata  json.RawMessage `json:"metadata"`
	Count     int             `json:"execution_count"`
	Ename     string          `json:"ename"`
	Evalue    string          `json:"evalue"`
	Wait      bool            `json:"wait"`
	Transient struct {
		Display string `json:"display_id"`
	} `json:"transient"`
}

func newOutput(n int, behind bool, out tracker.Output) Output {
	var c contentAbout
	_ = json.Unmarshal(out.Content, &c) // what is of another shape has none of it
	o := Output{N: n, Time: out.Time, Type: out.Type, Display: c.Transient.Display, Count: c.Count, Behind: behind, Data: []Representation{}, waits: c.Wait, content: out.Content}
	switch out.Type {
	case "stream":
		o.Stream = c.Name
	case "error":
		o.Error, o.Value = Cut(OneLine(c.Ename), smallLimit), Cut(OneLine(c.Evalue), smallLimit)
	}
	if len(c.Metadata) <= smallLimit && string(c.Metadata) != "{}" {
		o.Metadata = c.Metadata
	}
	return o
}

// markShown finds which outputs were there at the end, as the messaging protocol has it
// (https://jupyter-client.readthedocs.io/en/latest/messaging.html#clear-output).
func markShown(all []Output) {
	displays, began, waits := map[string][]int{}, 0, false
	for i, o := range all {
		if o.Type == "clear_output" {
			if waits = o.waits; !waits {
				began = i + 1
			}
			continue
		}
		if o.Type == "update_display_data" {
			for _, shown := range displays[o.Display] {
				all[shown].Updated = &all[i].N
			}
			continue
		}
		if waits {
			began, waits = i, false
		}
		if o.Display != "" {
			displays[o.Display] = append(displays[o.Display], i)
		}
	}
	for i := began; i < len(all); i++ {
		all[i].Shown = all[i].Type != "update_display_data" && all[i].Type != "clear_output"
	}
}

// told tells of a representation without its bytes.
func (x representation) told() Representation {
	sum := sha256.Sum256(x.bytes)
	t := Representation{Type: x.media, Size: int64(len(x.bytes)), SHA256: hex.EncodeToString(sum[:])}
	if x.text {
		text := beginning(x.bytes, TextLimit)
		t.Text, t.Truncated = &text, len(text) < len(x.bytes)
	}
	return t
}

package tracker

import (
	"encoding/json"
	"time"
)

// cell is what a Recorder keeps of a running cell execution: its counts, the outputs of the present
// batch, and, once they are too many, the last ones.
type cell struct {
	head      Header // of its start
	messages  int64
	bytes     int64
	hash      *OutputHash
	inexact   bool // some outputs were lost, so the hash is not that of the whole
	room      int64
	batch     batch
	truncated bool
	tail      tail
	dropped   int64
}

// tailShare is the part of a cell's cap that the last outputs have: one of so many.
const tailShare = 8

func newCell(head Header, limit int64) *cell {
	return &cell{head: head, hash: NewOutputHash(), room: limit - limit/tailShare, tail: tail{limit: limit / tailShare}}
}

// sum returns the digest of the whole output, empty when there was none or some of it was lost.
func (c *cell) sum() string {
	if c.inexact || c.messages == 0 {
		return ""
	}
	return c.hash.Sum()
}

// add takes an output: into the batch while there is room, else into the tail.
func (c *cell) add(e CellOutput) {
	o := parseOutput(e)
	c.messages++
	c.bytes += int64(len(e.Content))
	c.hash.add(o)
	room := int(c.room - c.batch.size)
	if !c.truncated && o.size() > room {
		c.truncated = true
		if first, rest, ok := o.split(room); ok {
			c.batch.add(first)
			o = rest
		}
	}
	if c.truncated {
		c.dropped += c.tail.add(o)
		return
	}
	c.batch.add(o)
}

// cut ends the batch.
func (c *cell) cut() encoded {
	b := c.batch.encode()
	c.room -= int64(len(b.lines))
	c.batch = batch{}
	return b
}

// output is an output on its way. A stream's text stays as it is in JSON, without its quotes: two of
// them joined are the text of both, with no decoding.
type output struct {
	time     time.Time
	kind     string
	stream   string // name of the stream; empty for anything but a stream message
	text     []byte // of a stream
	content  []byte // of anything else, on one line
	display  string // display_id of an update_display_data
	messages int64
}

// streamType and updateType are the message types that are joined.
const (
	streamType = "stream"
	updateType = "update_display_data"
)

func parseOutput(e CellOutput) output {
	o := output{time: e.Time, kind: e.Type, messages: 1}
	if e.Type == streamType {
		if name, text, ok := parseStream(e.Content); ok {
			o.stream, o.text = name, text
			return o
		}
	}
	o.content = oneLine(e.Content)
	if e.Type == updateType {
		o.display = displayID(e.Content)
	}
	return o
}

// displayID returns which display a message is about, empty when it does not say.
func displayID(content []byte) string {
	var c struct {
		Transient struct {
			ID string `json:"display_id"`
		}
	}
	_ = json.Unmarshal(content, &c) // what it cannot read it leaves empty
	return c.Transient.ID
}

func (o output) size() int { return len(o.text) + len(o.content) }

// split cuts a stream's text so that the first part has at most n bytes, at a place where both
// parts are valid. Other outputs cannot be split.
func (o output) split(n int) (first, rest output, ok bool) {
	if o.stream == "" || n <= 0 {
		return o, o, false
	}
	n = safeCut(o.text, n)
	first, rest = o, o
	first.text, rest.text, rest.messages = o.text[:n], o.text[n:], 0
	return first, rest, n > 0
}

// batch collects outputs until they are written.
type batch struct {
	began time.Time // by this machine's monotonic clock
	items []output
	size  int64 // bytes of text and content
}

func (b *batch) empty() bool { return len(b.items) == 0 }

// add appends an output, joined with the one before where both belong to one stream, and instead of
// an earlier update of the same display.
func (b *batch) add(o output) {
	if b.empty() {
		b.began = time.Now()
	}
	b.size += int64(o.size())
	if last := len(b.items) - 1; last >= 0 && o.stream != "" && b.items[last].stream == o.stream {
		b.items[last].text = append(b.items[last].text, o.text...)
		b.items[last].messages += o.messages
		return
	}
	if o.stream != "" {
		o.text = append(make([]byte, 0, 2*len(o.text)), o.text...)
	}
	b.replaceUpdate(&o)
	b.items = append(b.items, o)
}

// replaceUpdate takes an earlier update of the same display out: it is not visible any more.
func (b *batch) replaceUpdate(o *output) {
	if o.display == "" {
		return
	}
	for i := range b.items {
		if b.items[i].display == o.display {
			o.messages += b.items[i].messages
			b.size -= int64(b.items[i].size())
			b.items = append(b.items[:i], b.items[i+1:]...)
			return
		}
	}
}

// tail keeps the last outputs, up to a limit in bytes.
type tail struct {
	limit int64
	items []output
	size  int64
}

// piece is the size in bytes up to which a stream's outputs are joined in a tail, so that little is dropped at a time.
const piece = 64 << 10

// add appends an output and returns how many bytes had to go for it.
func (t *tail) add(o output) (dropped int64) {
	t.size += int64(o.size())
	last := len(t.items) - 1
	if last >= 0 && o.stream != "" && t.items[last].stream == o.stream && len(t.items[last].text)+len(o.text) <= piece {
		t.items[last].text = append(t.items[last].text, o.text...)
		t.items[last].messages += o.messages
	} else {
		o.text = append([]byte(nil), o.text...)
		t.items = append(t.items, o)
	}
	for t.size > t.limit && len(t.items) > 0 {
		dropped += int64(t.items[0].size())
		t.size -= int64(t.items[0].size())
		t.items[0] = output{}
		t.items = t.items[1:]
	}
	return dropped
}

// batches returns what the tail kept, in pieces to write.
func (t *tail) batches() (all []encoded) {
	var b batch
	for _, o := range t.items {
		b.add(o)
		if b.size > maxPending {
			all = append(all, b.encode())
			b = batch{}
		}
	}
	if !b.empty() {
		all = append(all, b.encode())
	}
	return all
}

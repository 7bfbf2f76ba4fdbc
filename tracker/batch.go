package tracker

import "time"

// batch collects outputs until they are written.
type batch struct {
	began   time.Time // by this machine's monotonic clock
	items   []output
	size    int64          // bytes of text and content
	updates map[string]int // which item is the latest update of a display
}

func (b *batch) empty() bool { return len(b.items) == 0 }

// maxItems is how many outputs a batch may have, however short they are.
const maxItems = 10_000

// full reports whether a batch has to be written before it may grow.
func (b *batch) full() bool { return b.size > maxPending || len(b.items) >= maxItems }

// add appends an output, joined with the one before where both belong to one stream, and instead of
// an earlier update of the same display.
func (b *batch) add(o output) {
	if b.empty() {
		b.began = time.Now()
	}
	b.size += int64(o.size())
	if last := len(b.items) - 1; last >= 0 && o.stream != "" && b.items[last].stream == o.stream {
		b.items[last].join(o)
		return
	}
	if o.display != "" {
		o.messages += b.replaceUpdate(o.display)
	}
	b.items = append(b.items, o)
}

// replaceUpdate empties an earlier update of the same display, since it is not visible any more, and
// returns how many messages it stood for. The update that takes its place is the next item.
func (b *batch) replaceUpdate(display string) (messages int64) {
	if b.updates == nil {
		b.updates = make(map[string]int)
	}
	if i, ok := b.updates[display]; ok {
		messages = b.items[i].messages
		b.size -= int64(b.items[i].size())
		b.items[i] = output{}
	}
	b.updates[display] = len(b.items)
	return messages
}

// tail keeps the last outputs, up to a limit in bytes.
type tail struct {
	limit int64
	items []output
	size  int64
}

// piece is the size in bytes up to which a stream's outputs are joined in a tail, so that little is dropped at a time.
const piece = 64 << 10

// weight is what an output costs in memory, in bytes.
func (o output) weight() int64 { return overhead + int64(o.size()) }

// add appends an output and returns how many bytes of text and content had to go for it.
func (t *tail) add(o output) (dropped int64) {
	if last := len(t.items) - 1; last >= 0 {
		switch l := &t.items[last]; {
		case o.stream != "" && l.stream == o.stream && l.textSize+o.textSize <= piece:
			l.join(o)
			t.size += int64(o.size())
			return t.trim()
		case o.display != "" && l.display == o.display:
			o.messages += l.messages
			t.size -= l.weight()
			t.items = t.items[:last]
		}
	}
	t.items = append(t.items, o)
	t.size += o.weight()
	return t.trim()
}

// trim drops the first outputs until the rest is within the limit.
func (t *tail) trim() (dropped int64) {
	for t.size > t.limit && len(t.items) > 0 {
		dropped += int64(t.items[0].size())
		t.size -= t.items[0].weight()
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
		if b.full() {
			all = append(all, b.encode())
			b = batch{}
		}
	}
	if !b.empty() {
		all = append(all, b.encode())
	}
	return all
}

// encoded is a batch as its blob holds it.
type encoded struct {
	time     time.Time // of its first output
	lines    []byte
	count    int
	messages int64
}

// encode returns the batch as JSON lines.
func (b *batch) encode() encoded {
	e := encoded{lines: make([]byte, 0, int(b.size)+128*len(b.items))}
	for _, o := range b.items {
		if o.kind == "" {
			continue // replaced by a later update
		}
		if e.count++; e.count == 1 {
			e.time = o.time
		}
		e.messages += o.messages
		e.lines = append(e.lines, `{"time":"`...)
		e.lines = o.time.UTC().AppendFormat(e.lines, time.RFC3339Nano)
		e.lines = append(e.lines, `","type":`...)
		if o.stream != "" {
			o.text = collapseJSON(o.text)
		}
		e.lines = append(o.appendTo(e.lines), "}\n"...)
	}
	return e
}

package tracker

import "time"

// cell is what a Recorder keeps of a running cell execution: its counts, the outputs of the present
// batch, and, once they are too many, the last ones.
type cell struct {
	head      Header // of its start
	messages  int64
	bytes     int64
	hash      *hasher
	inexact   bool // some outputs were lost, so the hash is not that of the whole
	waiting   waiting
	room      int64
	batch     batch
	truncated bool
	tail      tail
	dropped   int64
}

// tailShare is the part of a cell's cap that the last outputs have: one of so many.
const tailShare = 8

func newCell(head Header, o Options) *cell {
	tailed := o.OutputCap / tailShare
	return &cell{
		head: head, hash: newHasher(), room: o.OutputCap - tailed, tail: tail{limit: tailed},
		waiting: waiting{screen: o.Screen, before: make(map[string][]byte), buffer: make(map[string][]byte)},
	}
}

// sum returns the digest of the whole output, empty when there was none or some of it was lost.
func (c *cell) sum() string {
	if c.inexact || c.messages == 0 {
		return ""
	}
	return c.hash.sum()
}

// add takes an output.
func (c *cell) add(e CellOutput) {
	c.messages++
	c.bytes += int64(len(e.Content))
	for _, o := range c.waiting.add(parseOutput(e)) {
		c.keep(o)
	}
}

// release keeps the outputs that need not wait; with all, none has to.
func (c *cell) release(all bool) {
	for _, o := range c.waiting.release(all) {
		c.keep(o)
	}
}

// due returns in what time something has to be done with the cell's outputs.
func (c *cell) due(batch time.Duration) (in time.Duration, ok bool) {
	in = time.Hour
	if !c.batch.empty() {
		in, ok = batch-time.Since(c.batch.began), true
	}
	w := &c.waiting
	if w.fresh() > 0 {
		in, ok = min(in, batch-time.Since(w.since)), true
	}
	if w.seen > 0 {
		in, ok = min(in, patience-time.Since(w.stuck)), true
	}
	return in, ok
}

// overdue reports whether outputs have waited too long for what completes them.
func (c *cell) overdue() bool { return c.waiting.seen > 0 && time.Since(c.waiting.stuck) >= patience }

// keep takes an output without secrets: into the batch while there is room, else into the tail.
func (c *cell) keep(o output) {
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

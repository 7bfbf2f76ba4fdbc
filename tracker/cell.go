package tracker

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

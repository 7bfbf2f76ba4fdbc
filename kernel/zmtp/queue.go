package zmtp

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// queue holds the messages that wait for one peer. A message behind which nothing waits is written by who adds it, as far as the
// system takes it at once: nobody has to be woken for it. All else is the writer's, who takes everything at once, so that a flood of
// small messages leaves in few system calls.
type queue struct {
	prompt func(net.Buffers) int // writes what can be written without waiting; nil: nothing can

	mu      sync.Mutex
	waiting []packed
	writing bool          // somebody writes, and what is added meanwhile waits
	size    int           // bytes waiting and in flight
	moved   uint64        // bytes written so far
	closed  bool          //
	work    chan struct{} // has a token when there is something to write
	change  chan struct{} // closed when room is made or the queue is closed; nil while nobody waits for that
}

func newQueue(prompt func(net.Buffers) int) *queue {
	return &queue{prompt: prompt, work: make(chan struct{}, 1)}
}

// add appends a message, however much waits already, and returns the bytes that now wait.
func (q *queue) add(p packed) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return 0
	}
	q.size += p.size
	if q.prompt != nil && !q.writing && len(q.waiting) == 0 && p.size <= soon {
		p = q.writeNow(p)
	}
	if p.size > 0 {
		q.waiting = append(q.waiting, p)
	}
	if len(q.waiting) > 0 && !q.writing && !q.closed {
		q.wake()
	}
	return q.size
}

// soon is the size in bytes up to which a message is written by who adds it.
const soon = 256 << 10

// writeNow writes what it can of a message, with the lock released, and returns the rest: nothing, or what comes before all that was
// added meanwhile.
func (q *queue) writeNow(p packed) (rest packed) {
	q.writing = true
	q.mu.Unlock()
	n := q.prompt(p.parts)
	q.mu.Lock()
	q.writing = false
	q.wrote(n)
	rest = p.from(n)
	if rest.size > 0 && len(q.waiting) > 0 {
		q.waiting = slices.Insert(q.waiting, 0, rest)
		return packed{}
	}
	return rest
}

// wake has the writer look at what waits.
func (q *queue) wake() {
	select {
	case q.work <- struct{}{}:
	default:
	}
}

// waits returns the bytes that wait.
func (q *queue) waits() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.size
}

// room waits until fewer than limit bytes wait, the queue is closed or ctx ends. It reports false
// when for the time of stall the peer took nothing at all.
func (q *queue) room(ctx context.Context, limit int, stall time.Duration) bool {
	for {
		q.mu.Lock()
		full, moved := q.size >= limit && !q.closed, q.moved
		if full && q.change == nil {
			q.change = make(chan struct{})
		}
		change := q.change
		q.mu.Unlock()
		if !full {
			return true
		}
		timer := time.NewTimer(stall)
		select {
		case <-change:
		case <-ctx.Done():
			timer.Stop()
			return true
		case <-timer.C:
			if q.stuckAt(moved) {
				return false
			}
		}
		timer.Stop()
	}
}

func (q *queue) stuckAt(moved uint64) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.moved == moved && !q.closed
}

// layout makes messages what is written of them.
type layout func([]packed) net.Buffers

// join is the layout of messages that are not encrypted.
func join(batch []packed) net.Buffers {
	var joined net.Buffers
	for _, p := range batch {
		joined = append(joined, p.parts...)
	}
	return joined
}

// write writes what is added until the queue is closed or w fails.
func (q *queue) write(w io.Writer, lay layout) error {
	for range q.work {
		for batch := q.take(); len(batch) > 0; batch = q.take() {
			if err := q.writeAll(w, lay, batch); err != nil {
				return err
			}
		}
	}
	return nil
}

// take returns what waits, and says that it is being written; nothing while somebody else writes, who wakes the writer.
func (q *queue) take() []packed {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.writing {
		return nil
	}
	batch := q.waiting
	q.waiting, q.writing = nil, len(batch) > 0
	return batch
}

func (q *queue) writeAll(w io.Writer, lay layout, batch []packed) error {
	for len(batch) > 0 {
		n, err := writeSome(w, lay, batch)
		if err != nil {
			return err
		}
		q.done(batch[:n], n == len(batch))
		batch = batch[n:]
	}
	return nil
}

// atOnce is about how many bytes one write hands over; room is made after each.
const atOnce = 1 << 20

// writeSome writes the first messages of batch together and says how many they were.
func writeSome(w io.Writer, lay layout, batch []packed) (int, error) {
	n, size := 0, 0
	for n < len(batch) && (n == 0 || size+batch[n].size <= atOnce) {
		size += batch[n].size
		n++
	}
	parts := lay(batch[:n])
	_, err := parts.WriteTo(w)
	return n, err
}

// done takes note of what was written; last: it was all.
func (q *queue) done(written []packed, last bool) {
	n := 0
	for _, p := range written {
		n += p.size
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wrote(n)
	q.writing = !last
}

// wrote takes note that bytes were written.
func (q *queue) wrote(n int) {
	q.size -= n
	q.moved += uint64(n)
	q.changed()
}

// changed tells all who wait for room to look again.
func (q *queue) changed() {
	if q.change != nil {
		close(q.change)
		q.change = nil
	}
}

// close makes every waiter return and every later add a no-op; what waits is dropped.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.closed = true
	close(q.work)
	q.changed()
}

package zmtp

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// queue holds the messages that wait for one peer. Its writer takes everything at once, so that a
// flood of small messages leaves in few system calls.
type queue struct {
	mu      sync.Mutex
	waiting []packed
	size    int           // bytes waiting and in flight
	moved   uint64        // bytes written so far
	closed  bool          //
	work    chan struct{} // has a token when there is something to write
	change  chan struct{} // closed and replaced when room was made or the queue was closed
}

func newQueue() *queue {
	return &queue{work: make(chan struct{}, 1), change: make(chan struct{})}
}

// add appends a message, however much waits already, and returns the bytes that now wait.
func (q *queue) add(p packed) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return 0
	}
	q.waiting = append(q.waiting, p)
	q.size += p.size
	select {
	case q.work <- struct{}{}:
	default:
	}
	return q.size
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
		full, moved, change := q.size >= limit && !q.closed, q.moved, q.change
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
		q.mu.Lock()
		batch := q.waiting
		q.waiting = nil
		q.mu.Unlock()
		for len(batch) > 0 {
			n, err := writeSome(w, lay, batch)
			if err != nil {
				return err
			}
			q.done(batch[:n])
			batch = batch[n:]
		}
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

func (q *queue) done(written []packed) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, p := range written {
		q.size -= p.size
		q.moved += uint64(p.size)
	}
	close(q.change)
	q.change = make(chan struct{})
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
	close(q.change)
	q.change = make(chan struct{})
}

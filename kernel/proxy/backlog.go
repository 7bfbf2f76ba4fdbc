package proxy

import "sync"

// backlog is what a kernel sent and nobody has looked at yet. A kernel that publishes does not wait for who is slow: what it cannot
// get rid of it drops, so it is taken from it as fast as it comes.
type backlog struct {
	mu     sync.Mutex
	change *sync.Cond
	all    [][][]byte
	size   int // bytes
	closed bool
}

func newBacklog() *backlog {
	b := &backlog{}
	b.change = sync.NewCond(&b.mu)
	return b
}

// most is how many bytes of a backlog are kept before the kernel is read no further.
const most = 1 << 30

func (b *backlog) add(frames [][]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.size > most && !b.closed {
		b.change.Wait()
	}
	b.all = append(b.all, frames)
	b.size += sizeOf(frames)
	b.change.Broadcast()
}

// close says that nothing is added any more.
func (b *backlog) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.change.Broadcast()
}

// take returns all that waits, in order, as soon as there is something; nothing at the end.
func (b *backlog) take() [][][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.all) == 0 && !b.closed {
		b.change.Wait()
	}
	all := b.all
	b.all, b.size = nil, 0
	b.change.Broadcast()
	return all
}

func sizeOf(frames [][]byte) (size int) {
	for _, f := range frames {
		size += len(f)
	}
	return size
}

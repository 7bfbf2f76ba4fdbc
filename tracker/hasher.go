package tracker

import "sync"

// hasher is an OutputHash that works beside its user, on another processor, while much is added. Who adds to it does so one
// after the other, and changes nothing of what was added.
type hasher struct {
	hash *OutputHash

	mu     sync.Mutex
	change *sync.Cond
	todo   []output
	size   int // of todo, in bytes
	works  bool
}

func newHasher() *hasher {
	h := &hasher{hash: NewOutputHash()}
	h.change = sync.NewCond(&h.mu)
	return h
}

const (
	worthwhile = 64 << 10 // bytes of an output that are worth a goroutine
	ahead      = 8 << 20  // bytes that wait before who adds waits, too
)

func (h *hasher) add(o output) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.works && o.size() < worthwhile {
		h.hash.add(o)
		return
	}
	for h.size > ahead {
		h.change.Wait()
	}
	h.todo, h.size = append(h.todo, o), h.size+o.size()
	if !h.works {
		h.works = true
		go h.work()
	}
}

// work adds what waits until nothing does.
func (h *hasher) work() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.todo) > 0 {
		todo := h.todo
		h.todo, h.size = nil, 0
		h.change.Broadcast()
		h.mu.Unlock()
		for _, o := range todo {
			h.hash.add(o)
		}
		h.mu.Lock()
	}
	h.works = false
	h.change.Broadcast()
}

// sum waits for the rest, and returns the digest. Nothing may be added afterwards.
func (h *hasher) sum() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.works {
		h.change.Wait()
	}
	return h.hash.Sum()
}

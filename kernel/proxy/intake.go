package proxy

import (
	"sync"
	"time"
)

// intake reads what a kernel sends on one channel and hands it on, one message after the other, by whoever read it: nobody has to be
// woken for a message. A kernel that publishes does not wait for who is slow, what it cannot get rid of it drops; so when
// more has come already, or handing on takes long, somebody else reads on meanwhile, and what he reads waits.
type intake struct {
	receive func() (frames [][]byte, more bool, err error)
	hand    func([][]byte)
	readers *sync.WaitGroup // of all who read and hand on
	late    *time.Timer

	mu      sync.Mutex
	change  *sync.Cond
	handing bool       // somebody hands on
	read    bool       // and somebody else reads meanwhile
	waiting [][][]byte // what he read
	size    int        // of that, in bytes
}

// startIntake reads in the background until receive fails.
func startIntake(readers *sync.WaitGroup, receive func() (frames [][]byte, more bool, err error), hand func([][]byte)) {
	i := &intake{receive: receive, hand: hand, readers: readers}
	i.change = sync.NewCond(&i.mu)
	i.late = time.AfterFunc(time.Hour, i.takeOver)
	i.late.Stop()
	readers.Go(i.run)
}

const (
	slow = time.Millisecond // in which what hands on is done, but for when it waits for somebody
	most = 1 << 30          // bytes that wait before the kernel is read no further
)

// run reads until somebody else does.
func (i *intake) run() {
	for {
		frames, more, err := i.receive()
		if err != nil {
			return
		}
		if i.waits(frames) {
			continue
		}
		if more {
			i.takeOver()
		} else {
			i.late.Reset(slow)
		}
		i.hand(frames)
		i.late.Stop()
		if i.handed() {
			return
		}
	}
}

// waits puts a message behind those that are not handed on yet, if there are any. Else it is the caller's to hand on.
func (i *intake) waits(frames [][]byte) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for i.handing && i.size > most {
		i.change.Wait()
	}
	if !i.handing {
		i.handing = true
		return false
	}
	i.waiting = append(i.waiting, frames)
	i.size += sizeOf(frames)
	return true
}

// takeOver reads on while somebody else hands on.
func (i *intake) takeOver() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.handing && !i.read {
		i.read = true
		i.readers.Go(i.run)
	}
}

// handed hands on what came meanwhile, and reports whether somebody else reads.
func (i *intake) handed() bool {
	for {
		all, read := i.take()
		if len(all) == 0 {
			return read
		}
		for _, frames := range all {
			i.hand(frames)
		}
	}
}

// take returns what waits. When nothing does the caller hands on no more.
func (i *intake) take() (all [][][]byte, read bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	all, read = i.waiting, i.read
	i.waiting, i.size = nil, 0
	i.handing = len(all) > 0
	i.read = i.read && i.handing
	i.change.Broadcast()
	return all, read
}

func sizeOf(frames [][]byte) (size int) {
	for _, f := range frames {
		size += len(f)
	}
	return size
}

//go:build unix

package process

import (
	"bytes"
	"encoding/gob"
	"sync"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"golang.org/x/sys/unix"
)

const mailboxLimit = 16 << 20 // bytes that wait for a program which does not read

// mailbox is the way to a program: the values it reads from GONB_PIPE_BACK. Posting never blocks;
// what the pipe does not take waits, and flush has to be called when the pipe takes more.
type mailbox struct {
	mu  sync.Mutex
	fd  int // -1 when closed
	buf bytes.Buffer
	enc *gob.Encoder
}

func newMailbox(fd int) *mailbox {
	m := &mailbox{fd: fd}
	m.enc = gob.NewEncoder(&m.buf)
	return m
}

// post sends a value, and reports whether all is on its way. It drops the value when too much waits.
func (m *mailbox) post(v *protocol.CommValue) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fd < 0 || m.buf.Len() > mailboxLimit || m.enc.Encode(v) != nil {
		return false
	}
	return m.write()
}

// flush sends what waits.
func (m *mailbox) flush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.write()
}

// write gives the pipe as much as it takes and reports whether that was all.
func (m *mailbox) write() bool {
	for m.fd >= 0 && m.buf.Len() > 0 {
		n, err := unix.Write(m.fd, m.buf.Bytes())
		if n > 0 {
			m.buf.Next(n)
		}
		if err != nil && err != unix.EINTR {
			return false
		}
	}
	return true
}

// full returns the pipe when something waits for it, else -1.
func (m *mailbox) full() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.buf.Len() == 0 {
		return -1
	}
	return m.fd
}

func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	closeAll(m.fd)
	m.fd = -1
}

package zmtp

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
)

// peer is one connection after its handshake.
type peer struct {
	conn     net.Conn
	r        *bufio.Reader
	identity string
	out      *queue
	boxes    *session // nil without encryption

	behind atomic.Bool // it took nothing for long, and is not waited for: see Offer

	mu     sync.Mutex
	topics map[string]bool // XPUB: what it subscribed to
}

func newPeer(conn net.Conn, r *bufio.Reader, identity string, boxes *session) *peer {
	p := &peer{conn: conn, r: r, identity: identity, boxes: boxes, topics: map[string]bool{}}
	if boxes == nil {
		p.out = newQueue(prompt(conn))
	} else {
		p.out = newQueue(nil) // boxes are laid out as their turn comes
	}
	return p
}

// close ends both goroutines of the peer.
func (p *peer) close() {
	p.out.close()
	_ = p.conn.Close() // closed twice or by the peer: gone either way
}

// read reads one message of at most limit bytes; commands are answered on the way.
func (p *peer) read(s *Socket) ([][]byte, error) {
	var frames [][]byte
	limit := s.options.MaxSize
	if s.kind == XPub {
		limit = maxCommand // subscribers send topics, which are remembered
	}
	for {
		f, err := p.frame(limit, s.trusts())
		if err != nil {
			return nil, err
		}
		if f.command {
			if err := p.command(s, f.body); err != nil {
				return nil, err
			}
			continue
		}
		frames = append(frames, f.body)
		limit -= int64(len(f.body)) + frameCost
		if !f.more {
			return frames, nil
		}
	}
}

// trusts is how many bytes of a frame are allocated before they have come.
func (s *Socket) trusts() int {
	if s.kind == Dealer || s.kind == Sub {
		return chosen
	}
	return trusted
}

// frame reads one frame whose body is at most limit bytes.
func (p *peer) frame(limit int64, trusted int) (frame, error) {
	if p.boxes == nil {
		return readFrame(p.r, limit, trusted)
	}
	return p.boxes.open(p.r, limit)
}

// layout is how messages to the peer are written.
func (p *peer) layout() layout {
	if p.boxes == nil {
		return join
	}
	return p.boxes.seal
}

// command obeys a command. Unknown ones are let pass, as the protocol asks.
func (p *peer) command(s *Socket, body []byte) error {
	if len(body) > maxCommand {
		return fmt.Errorf("read command of %d bytes: %w", len(body), ErrOversized)
	}
	name, data, err := splitCommand(body)
	if err != nil {
		return err
	}
	switch name {
	case "PING": // two bytes of time to live, then what the PONG repeats
		p.answer(s, s.packCommand("PONG", data[min(2, len(data)):]))
	case "SUBSCRIBE":
		p.subscribe(s, string(data))
	case "CANCEL":
		p.cancel(string(data))
	case "ERROR":
		return fmt.Errorf("peer reports %.200q", data)
	}
	return nil
}

// answer queues what a peer asks for, unless so much waits for it that it does not read: one that only
// asks must not fill the memory.
func (p *peer) answer(s *Socket, m packed) {
	if p.out.waits() < s.options.Queue {
		p.out.add(m)
	}
}

// subscription obeys a subscription sent as a message, as ZMTP 3.0 peers do.
func (p *peer) subscription(s *Socket, frames [][]byte) {
	if len(frames) != 1 || len(frames[0]) == 0 {
		return
	}
	switch topic := string(frames[0][1:]); frames[0][0] {
	case 1:
		p.subscribe(s, topic)
	case 0:
		p.cancel(topic)
	}
}

// maxTopics bounds what one peer can make this side remember.
const maxTopics = 1024

func (p *peer) subscribe(s *Socket, topic string) {
	p.mu.Lock()
	if len(p.topics) < maxTopics {
		p.topics[topic] = true
	}
	p.mu.Unlock()
	if s.options.Welcome != nil {
		p.answer(s, s.pack(s.options.Welcome(topic)))
	}
}

func (p *peer) cancel(topic string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.topics, topic)
}

// wants reports whether the peer subscribed to messages whose first frame is topic.
func (p *peer) wants(topic []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for t := range p.topics {
		if strings.HasPrefix(string(topic), t) {
			return true
		}
	}
	return false
}

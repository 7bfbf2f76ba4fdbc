package zmtp

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// Flags of a frame (ZMTP 3.1, section "Framing").
const (
	flagMore    = 1
	flagLong    = 2
	flagCommand = 4
)

// ErrOversized says that a peer sent a message larger than the socket takes.
var ErrOversized = errors.New("message too large")

// frame is one frame as it was read.
type frame struct {
	more, command bool
	body          []byte
}

// frameCost is charged for each frame beside its body, so that empty frames are bounded too.
const frameCost = 64

// readFrame reads a frame whose body is at most limit bytes, of which so many are allocated on the peer's word alone.
func readFrame(r *bufio.Reader, limit int64, trusted int) (frame, error) {
	flags, err := r.ReadByte()
	if err != nil {
		return frame{}, err
	}
	if flags&^(flagMore|flagLong|flagCommand) != 0 || flags&flagCommand != 0 && flags&flagMore != 0 {
		return frame{}, fmt.Errorf("read frame: flags %#02x are not ZMTP's", flags)
	}
	size, err := readSize(r, flags&flagLong != 0)
	if err != nil {
		return frame{}, err
	}
	if limit < 0 || size > uint64(limit) {
		return frame{}, fmt.Errorf("read frame of %d bytes: %w", size, ErrOversized)
	}
	body, err := readBody(r, int(size), trusted)
	return frame{flags&flagMore != 0, flags&flagCommand != 0, body}, err
}

func readSize(r *bufio.Reader, long bool) (uint64, error) {
	var b [8]byte
	if long {
		_, err := io.ReadFull(r, b[:])
		return binary.BigEndian.Uint64(b[:]), err
	}
	_, err := io.ReadFull(r, b[7:])
	return uint64(b[7]), err
}

// How many bytes are allocated on a peer's word alone: of one that came, and of one that was dialled, which was chosen. After
// that it is so many times what has arrived.
const (
	trusted = 1 << 20
	chosen  = 256 << 20
	growth  = 8
)

func readBody(r *bufio.Reader, size, trusted int) (body []byte, err error) {
	if size == 0 {
		return []byte{}, nil
	}
	for len(body) < size {
		grown := make([]byte, min(size, max(trusted, growth*len(body))))
		n := copy(grown, body)
		if _, err := io.ReadFull(r, grown[n:]); err != nil {
			return nil, err
		}
		body = grown
	}
	return body, nil
}

// packed is a message laid out for the wire, shared by all the peers that it goes to.
type packed struct {
	parts   net.Buffers // of encrypted sockets the frames' bodies, which are laid out as each peer's turn comes
	size    int
	command bool
}

// copied is the size up to which bodies are copied next to their header instead of being written apart.
const copied = 4 << 10

// pack lays out frames as one message.
func pack(frames [][]byte) packed {
	var p packed
	var run []byte
	for i, f := range frames {
		flags := byte(flagMore)
		if i == len(frames)-1 {
			flags = 0
		}
		run = appendHeader(run, flags, len(f))
		if len(f) <= copied {
			run = append(run, f...)
			continue
		}
		p.add(run)
		p.add(f)
		run = nil
	}
	p.add(run)
	return p
}

// packCommand lays out a command.
func packCommand(name string, data []byte) packed {
	body := append(append([]byte{byte(len(name))}, name...), data...)
	var p packed
	p.add(append(appendHeader(nil, flagCommand, len(body)), body...))
	return p
}

func (p *packed) add(part []byte) {
	if len(part) > 0 {
		p.parts = append(p.parts, part)
		p.size += len(part)
	}
}

// from returns what of the message is behind its first n bytes.
func (p packed) from(n int) packed {
	rest := packed{size: p.size - n, command: p.command}
	for _, part := range p.parts {
		skip := min(n, len(part))
		n -= skip
		if skip < len(part) {
			rest.parts = append(rest.parts, part[skip:])
		}
	}
	return rest
}

func appendHeader(b []byte, flags byte, size int) []byte {
	if size <= 255 {
		return append(b, flags, byte(size))
	}
	return binary.BigEndian.AppendUint64(append(b, flags|flagLong), uint64(size))
}

// splitCommand takes a command's body apart.
func splitCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || int(body[0]) > len(body)-1 {
		return "", nil, errors.New("read command: its name is cut off")
	}
	n := 1 + int(body[0])
	return string(body[1:n]), body[n:], nil
}

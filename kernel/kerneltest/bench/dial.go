//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// A socket is the connecting side of a ZeroMQ socket over ZMTP 3.0 with the NULL mechanism
// (https://rfc.zeromq.org/spec/23/), the least that a front end needs. It is not a library's, because
// the client must cost nothing beside the kernels it measures: go-zeromq waits 250 ms before its second
// attempt to connect, longer than a kernel should take to start.
type socket struct {
	conn net.Conn
	in   *bufio.Reader
}

// connect dials until the kernel listens or ctx ends. Kind is DEALER or SUB; a SUB subscribes to all.
func connect(ctx context.Context, kind, network, address string) (*socket, error) {
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			s := &socket{conn: conn, in: bufio.NewReaderSize(conn, 1<<20)}
			return s, s.greet(kind)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("connect to %s: %w", address, errors.Join(ctx.Err(), err))
		case <-time.After(time.Millisecond):
		}
	}
}

const (
	more    = 1
	long    = 2
	command = 4
)

func (s *socket) greet(kind string) error {
	greeting := make([]byte, 64)
	greeting[0], greeting[9], greeting[10] = 0xff, 0x7f, 3
	copy(greeting[12:], "NULL")
	ready := []byte("\x05READY" + property("Socket-Type", kind) + property("Identity", ""))
	hello := append(greeting, append([]byte{command, byte(len(ready))}, ready...)...)
	if _, err := s.conn.Write(hello); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	if _, err := io.CopyN(io.Discard, s.in, 64); err != nil {
		return fmt.Errorf("read greeting: %w", err)
	}
	if _, _, err := s.frame(); err != nil {
		return fmt.Errorf("read READY: %w", err)
	}
	if kind == "SUB" {
		return s.send([][]byte{{1}})
	}
	return nil
}

func property(name, value string) string {
	size := binary.BigEndian.AppendUint32(nil, uint32(len(value)))
	return string(byte(len(name))) + name + string(size) + value
}

// send writes one message.
func (s *socket) send(frames [][]byte) error {
	var out []byte
	for i, f := range frames {
		flags := byte(long)
		if i < len(frames)-1 {
			flags |= more
		}
		out = append(out, flags)
		out = binary.BigEndian.AppendUint64(out, uint64(len(f)))
		out = append(out, f...)
	}
	_, err := s.conn.Write(out)
	return err
}

// receive reads one message; commands in between are passed over.
func (s *socket) receive() (frames [][]byte, err error) {
	for {
		flags, body, err := s.frame()
		if err != nil {
			return nil, err
		}
		if flags&command != 0 {
			continue
		}
		frames = append(frames, body)
		if flags&more == 0 {
			return frames, nil
		}
	}
}

func (s *socket) frame() (flags byte, body []byte, err error) {
	var head [9]byte
	if flags, err = s.in.ReadByte(); err != nil {
		return 0, nil, err
	}
	size := head[8:]
	if flags&long != 0 {
		size = head[1:]
	}
	if _, err := io.ReadFull(s.in, size); err != nil {
		return 0, nil, err
	}
	body = make([]byte, binary.BigEndian.Uint64(head[1:]))
	_, err = io.ReadFull(s.in, body)
	return flags, body, err
}

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Message is one message of the protocol. The dictionaries are kept as the bytes that were signed.
type Message struct {
	Identities [][]byte        // routing prefix: the peers on shell, control and stdin, the topic on iopub
	Header     Header          //
	Parent     json.RawMessage // header of the message that caused this one; nil is {}
	Metadata   json.RawMessage // nil is {}
	Content    json.RawMessage // nil is {}
	Buffers    [][]byte        // raw data behind the four dictionaries; not signed
}

// MaxSize is the largest message, in bytes, that Parse takes and a kernel reads: far above what
// front ends send (Jupyter's server stops at 10 MB unless told otherwise), far below what hurts.
const MaxSize = 256 << 20

// maxFrames bounds the number of frames: identities and buffers come by the handful.
const maxFrames = 4096

// What makes Parse refuse frames; use errors.Is.
var (
	ErrDelimiter = errors.New("no <IDS|MSG> delimiter")
	ErrShort     = errors.New("fewer than four dictionaries behind the signature")
	ErrSignature = errors.New("bad signature: the sender does not have this kernel's key")
	ErrOversized = errors.New("message too large")
	ErrMalformed = errors.New("malformed dictionary")
)

const delimiter = "<IDS|MSG>"

// Parse reads a message from the frames of one ZeroMQ message, whose layout is
// identities, delimiter, signature, header, parent header, metadata, content, buffers. Nothing of
// it is decoded before its signature has been found good. Parse does not keep the frames' slice,
// but the message shares their bytes.
func Parse(frames [][]byte, key Key) (Message, error) {
	if err := checkSize(frames); err != nil {
		return Message{}, err
	}
	at := delimiterAt(frames)
	if at < 0 {
		return Message{}, fmt.Errorf("parse message of %d frames: %w", len(frames), ErrDelimiter)
	}
	rest := frames[at+1:]
	if len(rest) < 5 {
		return Message{}, fmt.Errorf("parse message of %d frames: %w", len(frames), ErrShort)
	}
	if !key.Verify(rest[0], rest[1:5]) {
		return Message{}, fmt.Errorf("parse message: %w", ErrSignature)
	}
	m := Message{
		Identities: append([][]byte{}, frames[:at]...),
		Parent:     rest[2], Metadata: rest[3], Content: rest[4],
		Buffers: append([][]byte(nil), rest[5:]...),
	}
	return m, m.decode(rest[1])
}

func checkSize(frames [][]byte) error {
	if len(frames) > maxFrames {
		return fmt.Errorf("parse message: %w: %d frames, at most %d are read", ErrOversized, len(frames), maxFrames)
	}
	size := 0
	for _, f := range frames {
		size += len(f)
	}
	if size > MaxSize {
		return fmt.Errorf("parse message: %w: %d MB, at most %d MB are read", ErrOversized, size>>20, MaxSize>>20)
	}
	return nil
}

func delimiterAt(frames [][]byte) int {
	for i, f := range frames {
		if string(f) == delimiter {
			return i
		}
	}
	return -1
}

// decode reads the header and sees to it that the other three are JSON objects.
func (m *Message) decode(header []byte) error {
	if !isObject(header) {
		return fmt.Errorf("parse message: %w: header is not a JSON object", ErrMalformed)
	}
	if err := json.Unmarshal(header, &m.Header); err != nil {
		return fmt.Errorf("parse message: %w: %w", ErrMalformed, err)
	}
	if m.Header.Type == "" {
		return fmt.Errorf("parse message: %w: header without msg_type", ErrMalformed)
	}
	for name, dict := range map[string]json.RawMessage{"parent_header": m.Parent, "metadata": m.Metadata, "content": m.Content} {
		if !isObject(dict) {
			return fmt.Errorf("parse %s: %w: %s is not a JSON object", m.Header.Type, ErrMalformed, name)
		}
	}
	return nil
}

func isObject(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && b[0] == '{' && json.Valid(b)
}

// Frames lays the message out for ZeroMQ, signed with key.
func (m Message) Frames(key Key) [][]byte {
	dicts := [][]byte{m.Header.Raw(), orEmpty(m.Parent), orEmpty(m.Metadata), orEmpty(m.Content)}
	frames := make([][]byte, 0, len(m.Identities)+6+len(m.Buffers))
	frames = append(frames, m.Identities...)
	frames = append(frames, []byte(delimiter), key.Sign(dicts))
	frames = append(frames, dicts...)
	return append(frames, m.Buffers...)
}

func orEmpty(b []byte) []byte {
	if len(b) == 0 {
		return []byte("{}")
	}
	return b
}

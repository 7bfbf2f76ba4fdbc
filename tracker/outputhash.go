package tracker

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// OutputHash computes the digest of the whole output of a cell execution: SHA-256 over one line for
// each output, {"type":…,"content":…}, where stream messages of one name that follow each other are
// one line with their texts joined. So it does not depend on how a program's prints were cut into messages.
type OutputHash struct {
	h    hash.Hash
	open string // the stream whose line is not ended yet
}

// NewOutputHash returns the hash of no output.
func NewOutputHash() *OutputHash { return &OutputHash{h: sha256.New()} }

// Add adds an output: the type and the content of a message.
func (h *OutputHash) Add(kind string, content []byte) {
	h.add(parseOutput(CellOutput{Type: kind, Content: content}))
}

func (h *OutputHash) add(o output) {
	if o.stream == "" || o.stream != h.open {
		h.end()
		line := output{kind: o.kind, stream: o.stream, content: o.content}.appendTo([]byte(`{"type":`))
		if o.stream == "" {
			line = append(line, "}\n"...)
		} else {
			line = line[:len(line)-2] // its text follows
		}
		h.write(line)
		h.open = o.stream
	}
	for _, part := range o.text {
		h.write(part)
	}
}

func (h *OutputHash) end() {
	if h.open != "" {
		h.write([]byte("\"}}\n"))
		h.open = ""
	}
}

func (h *OutputHash) write(b []byte) { _, _ = h.h.Write(b) } // a hash never fails

// Sum returns the digest as 64 hexadecimal digits. Nothing may be added afterwards.
func (h *OutputHash) Sum() string {
	h.end()
	return hex.EncodeToString(h.h.Sum(nil))
}

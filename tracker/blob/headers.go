package blob

import (
	"bytes"
	"fmt"
)

// HeaderSize is how many bytes tell of a frame in a list of headers.
const HeaderSize = headerSize

// Headers returns the headers of a pack's frames one behind the other: a list of what the pack holds.
func Headers(frames []Frame) []byte {
	b := make([]byte, 0, len(frames)*headerSize)
	for _, f := range frames {
		b = f.appendHeader(b)
	}
	return b
}

// ParseHeaders reads such a list, of a pack that holds nothing but these frames. It returns an error that is
// ErrCorrupt when it is none.
func ParseHeaders(b []byte) ([]Frame, error) {
	if len(b)%headerSize != 0 {
		return nil, fmt.Errorf("read list of frames: %w: it ends within a header", ErrCorrupt)
	}
	frames, offset := make([]Frame, 0, len(b)/headerSize), int64(len(fileMagic))
	for ; len(b) > 0; b = b[headerSize:] {
		f, err := parseHeader(b, offset)
		if err != nil || f.End() < offset {
			return nil, fmt.Errorf("read list of frames: %w: frame %d", ErrCorrupt, len(frames)+1)
		}
		frames, offset = append(frames, f), f.End()
	}
	return frames, nil
}

// Magic returns the bytes with which every pack begins.
func Magic() []byte { return bytes.Clone(fileMagic) }

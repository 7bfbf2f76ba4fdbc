package tracker

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// removedBlob is a line of the document of a RemovedEntry.
type removedBlob struct {
	SHA256 bareHash `json:"sha256"`
	Size   int64    `json:"size"` // of the blob, in bytes
}

// bareHash is a digest that is written as bare hexadecimal digits, since it names no blob any more.
type bareHash Digest

// MarshalText writes the digits.
func (h bareHash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *bareHash) UnmarshalText(b []byte) error {
	if n, err := hex.Decode(h[:], b[:min(len(b), hex.EncodedLen(len(h)))]); err != nil || n != len(h) || len(b) != hex.EncodedLen(n) {
		return errors.New("want 64 hexadecimal digits")
	}
	return nil
}

// AppendRemoved appends a line of the document of a RemovedEntry to b.
func AppendRemoved(b []byte, d Digest, size int64) []byte {
	line, _ := json.Marshal(removedBlob{bareHash(d), size}) // digits and a number always encode
	return append(append(b, line...), '\n')
}

// ReadRemoved calls visit for each line of the document of a RemovedEntry.
func ReadRemoved(r io.Reader, visit func(d Digest, size int64)) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("read list of removed blobs: %w", err)
		}
		if len(line) > 0 {
			var b removedBlob
			if err := json.Unmarshal(line, &b); err != nil {
				return fmt.Errorf("read list of removed blobs: %w", err)
			}
			visit(Digest(b.SHA256), b.Size)
		}
		if err == io.EOF {
			return nil
		}
	}
}

package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Header is a message's header. One that came over the wire encodes to the very bytes it came in,
// so that fields this package does not know reach the parent_header of every answer.
type Header struct {
	MsgID      string `json:"msg_id"`
	Session    string `json:"session"`
	Username   string `json:"username"`
	Date       string `json:"date"` // ISO 8601 with zone
	Type       Type   `json:"msg_type"`
	Version    string `json:"version"`
	SubshellID string `json:"subshell_id,omitempty"` // empty for the main shell

	raw json.RawMessage
}

// dateLayout is ISO 8601 with microseconds, as Jupyter's own clients write it.
const dateLayout = "2006-01-02T15:04:05.000000Z07:00"

// FormatDate writes t as a header's date, in UTC.
func FormatDate(t time.Time) string { return t.UTC().Format(dateLayout) }

// plainHeader is Header without its methods.
type plainHeader Header

// UnmarshalJSON reads a header and keeps its bytes.
func (h *Header) UnmarshalJSON(b []byte) error {
	var p plainHeader
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("decode header: %w", err)
	}
	*h = Header(p)
	h.raw = bytes.Clone(b)
	return nil
}

// MarshalJSON writes the bytes that the header was read from, else its fields.
func (h Header) MarshalJSON() ([]byte, error) {
	if h.raw != nil {
		return h.raw, nil
	}
	return json.Marshal(plainHeader(h))
}

// Raw returns the header as a parent_header to be sent: its bytes as they came, or its fields encoded.
func (h Header) Raw() json.RawMessage {
	b, _ := h.MarshalJSON() // strings alone always encode
	return b
}

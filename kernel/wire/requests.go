package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Execute is the content of execute_request. Fields that may be left out have methods that know their defaults.
type Execute struct {
	Code            *string           `json:"code"` // nil in a request that forgot it
	Silent          bool              `json:"silent"`
	StoreHistory    *bool             `json:"store_history"` // nil: true unless Silent
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      *bool             `json:"allow_stdin"`   // nil: true
	StopOnError     *bool             `json:"stop_on_error"` // nil: true
}

// Counts reports whether the request stores history, and so counts.
func (e Execute) Counts() bool { return !e.Silent && isTrue(e.StoreHistory) }

// Stops reports whether a failure aborts the requests queued behind.
func (e Execute) Stops() bool { return isTrue(e.StopOnError) }

// Asks reports whether the front end answers input requests.
func (e Execute) Asks() bool { return isTrue(e.AllowStdin) }

func isTrue(b *bool) bool { return b == nil || *b }

// CodeAt is the content of complete_request and inspect_request; Cursor counts code points, and nil
// means the end of the code.
type CodeAt struct {
	Code   string `json:"code"`
	Cursor *int   `json:"cursor_pos"`
	Detail int    `json:"detail_level"` // inspect_request only, 0 or 1
}

// Position returns the cursor, held within the code, in code points.
func (c CodeAt) Position() int {
	n := len([]rune(c.Code))
	if c.Cursor == nil {
		return n
	}
	return max(0, min(*c.Cursor, n))
}

// IsComplete is the content of is_complete_request.
type IsComplete struct {
	Code string `json:"code"`
}

// History is the content of history_request.
type History struct {
	Output  bool   `json:"output"`
	Raw     bool   `json:"raw"`
	Access  string `json:"hist_access_type"` // "range", "tail" or "search"
	Session int    `json:"session"`          // range: positive, or counted back from the current one (0, -1, …)
	Start   int    `json:"start"`            // range: first line
	Stop    int    `json:"stop"`             // range: line behind the last, 0 for all
	N       int    `json:"n"`                // tail and search: how many at most, 0 for all
	Pattern string `json:"pattern"`          // search: glob with * and ?
	Unique  bool   `json:"unique"`           // search: leave out duplicates
}

// HistoryEntry is one line of a history_reply.
type HistoryEntry struct {
	Session int // number of the session, counting up
	Line    int // execution count
	Input   string
	Output  *string // nil unless History.Output asked for it and there was one
	Pair    bool    // encode input and output as a pair, as History.Output asks
}

// MarshalJSON writes [session, line, input] or [session, line, [input, output]].
func (e HistoryEntry) MarshalJSON() ([]byte, error) {
	if e.Pair {
		return json.Marshal([]any{e.Session, e.Line, []any{e.Input, e.Output}})
	}
	return json.Marshal([]any{e.Session, e.Line, e.Input})
}

// CommInfo is the content of comm_info_request.
type CommInfo struct {
	Target string `json:"target_name"`
}

// Shutdown is the content of shutdown_request.
type Shutdown struct {
	Restart bool `json:"restart"`
}

// Debug is the content of debug_request, as far as a refusal needs it.
type Debug struct {
	Seq     int    `json:"seq"`
	Command string `json:"command"`
}

// Input is the content of input_request.
type Input struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

// InputValue is the content of input_reply.
type InputValue struct {
	Value string `json:"value"`
}

// ExecuteMetadata is what front ends say about a cell in the metadata of execute_request.
type ExecuteMetadata struct {
	CellID string `json:"cellId"`
}

// Encode writes content as JSON. Unlike json.Marshal it leaves <, > and & alone, so that outputs
// keep their size. It fails for what has no JSON: channels, functions, NaN, cycles.
func Encode(content any) (json.RawMessage, error) {
	if raw, ok := content.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(content); err != nil {
		return nil, fmt.Errorf("encode content: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

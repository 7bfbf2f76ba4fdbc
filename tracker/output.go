package tracker

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"time"
)

// Output is one line of the blob that a CellOutputsEntry names: an output as the front end was shown
// it. Stream messages of one name that followed each other are one Output.
type Output struct {
	Time    time.Time       `json:"time"`
	Type    string          `json:"type"`    // an iopub message type
	Content json.RawMessage `json:"content"` // the message's content
}

// Outputs returns the outputs in a blob, in order. It stops at the first line that is none.
func Outputs(blob io.Reader) iter.Seq2[Output, error] {
	return func(yield func(Output, error) bool) {
		lines := bufio.NewReaderSize(blob, 64<<10)
		for {
			line, err := lines.ReadBytes('\n')
			if err == io.EOF && len(line) == 0 {
				return
			}
			if err != nil && err != io.EOF {
				yield(Output{}, fmt.Errorf("read outputs: %w", err))
				return
			}
			var o Output
			if err := json.Unmarshal(bytes.TrimSpace(line), &o); err != nil {
				yield(Output{}, fmt.Errorf("read outputs: %w", err))
				return
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

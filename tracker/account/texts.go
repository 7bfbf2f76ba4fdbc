package account

import (
	"context"
	"fmt"
	"io"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// WriteTexts writes the texts that a cell execution's streams and errors had, one behind the other, as a terminal was sent them; what was cleared
// later is there, too. Where bytes are not in the ledger, or were not kept, it says so in a line.
func (r Reader) WriteTexts(ctx context.Context, cell tracker.ID, w io.Writer) error {
	var missing []MissingOutput
	told := 0
	tell := func() (err error) {
		for ; told < len(missing) && err == nil; told++ {
			_, err = fmt.Fprintf(w, "\n[%d outputs from %d on are not in the ledger: %s]\n", missing[told].Count, missing[told].N+1, missing[told].Why)
		}
		return err
	}
	_, err := r.eachOutput(ctx, cell, &missing, func(_ int, batch index.Batch, first bool, out tracker.Output) error {
		if err := tell(); err != nil {
			return err
		}
		if out.Type != "stream" && out.Type != "error" {
			return nil
		}
		if batch.Tail && first {
			if _, err := io.WriteString(w, "\n[what came here is not kept: too much was shown]\n"); err != nil {
				return err
			}
		}
		for _, x := range representations(out.Type, out.Content) {
			if _, err := w.Write(x.bytes); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return tell()
}

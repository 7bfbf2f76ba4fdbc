package cli

import (
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// What commands tell of cells, sessions and runs, and the web interface tells too.
type (
	number        = account.Number
	loggedRun     = account.RunRow
	shownCell     = account.Cell
	observed      = account.Observed
	seenFile      = account.File
	runUsage      = account.RunUsage
	shownRun      = account.Run
	shownSeries   = account.Series
	difference    = account.Difference
	named         = account.Named
	changed       = account.Changed
	changedMetric = account.ChangedMetric
	changedCell   = account.ChangedCell
)

// told returns what gathers them.
func told(x *index.Index) account.Reader { return account.Reader{Index: x, Documents: documents{}} }

package mlflow

import (
	"encoding/binary"
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
)

// defaultExperiment is the number of the experiment of runs that name none.
const defaultExperiment = "0"

// experimentNumber returns the id of an experiment as MLflow's clients see it: they take it for a number. It has 18 digits, as
// the ids that MLflow's file store makes. Two experiments of one ledger have the same one once in about 10^18 pairs.
func experimentNumber(id tracker.ID) string {
	if id.IsZero() {
		return defaultExperiment
	}
	const least, many = 100_000_000_000_000_000, 900_000_000_000_000_000
	return strconv.FormatUint(least+binary.BigEndian.Uint64(id[:8])%many, 10)
}

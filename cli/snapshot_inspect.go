package cli

import (
	"context"

	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/lineage/snapshot"
)

// inspection is what a look into the tables of a snapshot tells: documents, see lineage/profile.
type inspection struct {
	profile []byte
	checks  []byte
	failed  int // how many rules failed
}

// inspect looks into the tables of a snapshot that was just taken.
func (a *app) inspect(context.Context, snapshot.Result, settings.Dataset) (inspection, error) {
	return inspection{}, nil
}

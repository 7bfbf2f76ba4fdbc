package account

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Used is what a cell used.
type Used struct {
	index.Usage
	Devices []tracker.Device `json:"devices,omitempty"`
}

// used reads what a cell execution used.
func (r Reader) used(ctx context.Context, id tracker.ID) (list []Used, err error) {
	all, err := r.Index.Usages(ctx, id)
	for _, u := range all {
		shown := Used{Usage: u}
		if !u.Devices.IsZero() {
			if err := r.readDevices(&shown); err != nil {
				shown.Missing = append(shown.Missing, "gpu: "+err.Error())
			}
		}
		list = append(list, shown)
	}
	return list, err
}

func (r Reader) readDevices(u *Used) error {
	b, err := r.Index.Blob(u.Usage.Devices)
	if err != nil {
		return err
	}
	for lines := json.NewDecoder(bytes.NewReader(b)); ; {
		var d tracker.Device
		if err := lines.Decode(&d); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read devices: %w", err)
		}
		u.Devices = append(u.Devices, d)
	}
}

// RunUsage is what the cells of a run used together.
type RunUsage struct {
	Cells int `json:"cells"` // of which it is known
	tracker.Usage
}

// runUsage reads what the cells that logged to a run used, nil when nothing is known.
func (r Reader) runUsage(ctx context.Context, run tracker.ID) (*RunUsage, error) {
	u, cells, err := r.Index.UsageOfRun(ctx, run)
	if cells == 0 {
		return nil, err
	}
	return &RunUsage{cells, u}, err
}

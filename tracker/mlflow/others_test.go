package mlflow

import (
	"testing"
	"time"
)

// TestOthersChange has a second server on the same ledger change what the first one knows.
func TestOthersChange(t *testing.T) {
	s := newSite(t)
	experiment := s.experiment("shared")
	run, gone := s.begin(experiment), s.begin(experiment)
	other := &site{t: t, dir: s.dir}
	other.open()
	t.Cleanup(func() { other.close() })
	other.call("POST", "runs/log-parameter", object{"run_id": run, "key": "lr", "value": "1"})
	other.call("POST", "runs/delete", object{"run_id": gone})
	later := time.Now().Add(maxTrust)
	s.server.Now = func() time.Time { return later }
	s.refused("POST", "runs/log-parameter", object{"run_id": run, "key": "lr", "value": "2"}, InvalidParameter)
	s.refused("POST", "runs/log-metric", object{"run_id": gone, "key": "m", "value": 1, "timestamp": 1}, InvalidParameter)
	other.call("POST", "experiments/delete", object{"experiment_id": experiment})
	later = later.Add(maxTrust)
	s.refused("POST", "runs/create", object{"experiment_id": experiment}, InvalidParameter)
}

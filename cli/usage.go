package cli

import (
	"os"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/lineage/usage"
	"github.com/gemba-ml/gemba/tracker"
)

// usageVariable, set to "off", keeps what cells use from being measured, as the benchmark does to measure what that costs.
const usageVariable = "GEMBA_USAGE"

// meter measures what the cells of a session use.
func (a *app) meter() *usage.Meter { return usage.New(usage.Options{Now: a.now}) }

// measured is the recorder of a session whose cells a meter measures; of one that is not recorded there is none.
func measured(m *usage.Meter, next kernel.Recorder, run *sessionRun) kernel.Recorder {
	if next == nil || os.Getenv(usageVariable) == "off" {
		return next
	}
	return usage.NewRecorder(m, next, systemMetrics{run})
}

// systemMetrics logs what is measured to the session's run.
type systemMetrics struct{ *sessionRun }

// Open says whether there is a run: one opens with the first thing that somebody logs, never by being measured.
func (r systemMetrics) Open() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.current.begun && !r.current.ended
}

// Log logs metrics to the run.
func (r systemMetrics) Log(execution tracker.ID, metrics []tracker.Metric) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current.begun {
		r.next.Record(tracker.RunLogged{Run: r.current.id, Session: r.session, Execution: execution, Time: r.now(), Metrics: metrics})
	}
}

package process

import (
	"context"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// session is what a runner knows of its front end from one program to the next.
type session struct {
	comms    *comms
	displays displays
	now      func() time.Time
	meter    Meter
}

func newSession(kernelID string) session {
	return session{comms: newComms(kernelID, time.Now), now: time.Now, meter: unmeasured{}}
}

// Measure has a meter told of the programs from here on. It must not be called while Run runs.
func (s *session) Measure(m Meter) { s.meter = m }

// Comm hears a comm message (comm_open, comm_msg or comm_close) from the front end and reports
// whether it was the session's. It does not block, and may be called at any time.
func (s *session) Comm(t wire.Type, c wire.Comm, front wire.Front) bool {
	return s.comms.hear(t, c, front)
}

// Comms lists the open comms as comm_info_reply does: id to target name. An empty target means all.
func (s *session) Comms(target string) map[string]string { return s.comms.open(target) }

// Widgets connects to the notebook's page (%widgets) in the output of a cell, empty when it has no id. It returns ErrNoPage
// when no page answers, within three seconds where cells have no ids, as under nbconvert, where there is no browser.
func (s *session) Widgets(ctx context.Context, cell string, front wire.Front) error {
	if s.comms.connect(cell, front, &s.displays, s.comms.waiting(ctx)) {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return ErrNoPage
}

// Heartbeat reports whether the notebook's page answers within a second (%widgets_hb).
func (s *session) Heartbeat(ctx context.Context, front wire.Front) bool {
	return s.comms.ping(front, time.Second, s.comms.waiting(ctx))
}

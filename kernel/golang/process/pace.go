package process

import "time"

const (
	paceBurst    = 50                   // messages that leave at once
	paceInterval = 2 * time.Millisecond // between messages after those
	paceBulk     = 32 << 10             // a message of that many bytes counts for nothing
)

// pace lets a program's first messages through as they come and then one in two milliseconds, so
// that a million small prints become a few hundred messages a second while a person sees no delay.
// It is the generic cell rate algorithm (ITU-T I.371).
type pace struct{ due time.Time }

// wait tells how long to hold the next message back, zero or less for not at all.
func (p *pace) wait(now time.Time) time.Duration { return p.due.Sub(now) }

// spend counts a message of n bytes.
func (p *pace) spend(now time.Time, n int) {
	if n >= paceBulk {
		return
	}
	if first := now.Add(-paceBurst * paceInterval); p.due.Before(first) {
		p.due = first
	}
	p.due = p.due.Add(paceInterval)
}

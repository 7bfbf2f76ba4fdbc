package proxy

import (
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// spent is what the kernel's process has used since it started.
type spent struct {
	user, system time.Duration
	peak         int64 // bytes of memory now
	known        bool
}

// spent looks at the kernel's process, not at what it started: that is measured elsewhere.
func (l *Link) spent() spent { return l.Child.statistics.spent() }

// since tells what was used after a moment.
func (s spent) since(before spent, f *wire.Facts) {
	if !s.known || !before.known {
		return
	}
	f.UserCPU, f.SystemCPU, f.MaxRSS = s.user-before.user, s.system-before.system, max(s.peak, before.peak)
}

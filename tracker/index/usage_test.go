package index

import (
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// TestUsage asks what cells used, and what those of a run used together, before and after the index is made anew.
func TestUsage(t *testing.T) {
	dir := t.TempDir()
	s := newScribe(t, dir, epoch)
	first := tracker.Usage{UserCPU: 3e9, SystemCPU: 5e8, Memory: 1 << 30, DiskRead: 1, DiskWritten: 2, Received: 3, Sent: 4, MachineReceived: 5, MachineSent: 6,
		Energy: 7.5, GPUEnergy: 8.25, Samples: 9, Sampled: 9e9, Missing: []string{"energy: only root may read it", "gpu: a, b"}}
	second := tracker.Usage{UserCPU: 1e9, Memory: 1 << 20, Energy: 0.5, Samples: 1}
	run, cells := tracker.NewID(), []tracker.ID{s.start("1"), s.start("2"), s.start("3")}
	s.append(&tracker.RunEntry{Header: s.head(cells[0]), Run: run, Status: tracker.RunRunning})
	s.append(&tracker.LoggedEntry{Header: s.head(cells[1]), Run: run})
	s.append(&tracker.UsageEntry{Header: s.head(cells[0]), Usage: first, Devices: s.put("devices\n")})
	s.append(&tracker.UsageEntry{Header: s.head(cells[1]), Usage: second})
	s.append(&tracker.UsageEntry{Header: s.head(cells[2]), Usage: first}) // logged nothing to the run
	for range 2 {
		x := open(t, dir)
		used, err := x.Usages(t.Context(), cells[0])
		if err != nil || len(used) != 1 {
			t.Fatal(used, err)
		}
		want := Usage{Session: s.session, Execution: cells[0], Time: used[0].Time, Devices: tracker.DigestOf([]byte("devices\n")), Usage: first}
		equal(t, err, used, []Usage{want})
		sum, n, err := x.UsageOfRun(t.Context(), run)
		equal(t, err, sum, tracker.Usage{UserCPU: 4e9, SystemCPU: 5e8, Memory: 1 << 30, DiskRead: 1, DiskWritten: 2, Received: 3, Sent: 4, MachineReceived: 5, MachineSent: 6,
			Energy: 8, GPUEnergy: 8.25, Samples: 10, Sampled: 9e9})
		if n != 2 {
			t.Errorf("%d cells of the run have figures", n)
		}
		if sum, n, err := x.UsageOfRun(t.Context(), tracker.NewID()); n != 0 || sum.UserCPU != 0 || err != nil {
			t.Errorf("a run that is not there used %+v, %v", sum, err)
		}
		removeIndex(t, dir)
	}
}

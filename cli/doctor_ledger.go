package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/shirou/gopsutil/v4/disk"

	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Free disk space below which recording soon stops, and below which it is near.
const (
	leastDisk = 100 << 20
	scarce    = 2 << 30
)

func examineLedger(_ context.Context, a *app) finding {
	dir := a.ledgerFor(".")
	if err := canWrite(dir); err != nil {
		return finding{Name: "ledger", Health: missing, Detail: fmt.Sprintf("%s cannot be written, so cells are not recorded: %v", dir, err),
			Fix: "export GEMBA_LEDGER=" + filepath.Join("~", ".gemba")}
	}
	_, err := journal.Open(dir)
	switch {
	case errors.Is(err, journal.ErrNoLedger):
		dir += ", made by the first recording"
	case errors.Is(err, journal.ErrNewer):
		return finding{Name: "ledger", Health: missing, Detail: err.Error(), Fix: "go install github.com/gemba-ml/gemba@latest"}
	case err != nil:
		return finding{Name: "ledger", Health: missing, Detail: err.Error(), Fix: "gemba verify"}
	}
	return finding{Name: "ledger", Health: fine, Detail: dir}
}

// canWrite tries to write a file in dir, or where dir would be made.
func canWrite(dir string) error {
	for !exists(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	file, err := os.CreateTemp(dir, ".gemba-doctor-")
	if err != nil {
		return err
	}
	_, err = file.WriteString("gemba")
	return errors.Join(err, file.Close(), os.Remove(file.Name()))
}

func examineKey(context.Context, *app) finding {
	dir, err := journal.ConfigDir()
	if err != nil {
		return finding{Name: "signing key", Health: lacking, Detail: err.Error(), Fix: "export GEMBA_CONFIG=FOLDER"}
	}
	path := filepath.Join(dir, "key")
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := canWrite(dir); err != nil {
			return finding{Name: "signing key", Health: lacking, Detail: fmt.Sprintf("%s cannot be made, so checkpoints are not signed: %v", path, err), Fix: "export GEMBA_CONFIG=FOLDER"}
		}
		return finding{Name: "signing key", Health: fine, Detail: path + ", made by the first recording"}
	case err != nil:
		return finding{Name: "signing key", Health: lacking, Detail: err.Error(), Fix: "export GEMBA_CONFIG=FOLDER"}
	case openToOthers(info):
		return finding{Name: "signing key", Health: lacking, Detail: path + " can be read by others", Fix: "chmod 600 " + path,
			mend: func(context.Context) error { return os.Chmod(path, 0o600) }}
	}
	return finding{Name: "signing key", Health: fine, Detail: path}
}

func openToOthers(info os.FileInfo) bool {
	return filepath.Separator == '/' && info.Mode().Perm()&0o077 != 0
}

func examineDisk(ctx context.Context, a *app) finding {
	dir := a.ledgerFor(".")
	for !exists(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	usage, err := disk.UsageWithContext(ctx, dir)
	if err != nil {
		return finding{Name: "disk", Health: lacking, Detail: err.Error()}
	}
	f := finding{Name: "disk", Health: fine, Detail: humanBytes(int64(usage.Free)) + " free at " + dir}
	switch {
	case usage.Free < leastDisk:
		f.Health, f.Fix = missing, "go clean -cache   (or remove other files)"
	case usage.Free < scarce:
		f.Health, f.Fix = lacking, "go clean -cache   (or remove other files)"
	}
	return f
}

// slack is how far clocks may differ before it matters.
const slack = 2 * time.Minute

// clockFix is for Linux and macOS; Windows has its own settings.
const clockFix = "set the clock: sudo timedatectl set-ntp true"

// examineClock compares the clock with what cannot be later than now: the commit that was built, and
// what the ledger holds.
func examineClock(ctx context.Context, a *app) finding {
	now := a.now()
	f := finding{Name: "clock", Health: fine, Detail: now.Format("2006-01-02 15:04:05 MST")}
	if built, err := time.Parse(time.RFC3339, buildVersion().Built); err == nil && now.Before(built.Add(-slack)) {
		return finding{Name: f.Name, Health: lacking, Detail: f.Detail + ", which is before gemba was built", Fix: clockFix}
	}
	x, err := index.Open(ctx, a.ledgerToRead())
	if err != nil {
		return f
	}
	defer x.Close()
	if cells, err := x.Cells(ctx, index.Filter{Limit: 1}); err == nil && len(cells) > 0 && now.Before(cells[0].Started.Add(-slack)) {
		return finding{Name: f.Name, Health: lacking, Detail: f.Detail + ", which is before the newest cell in the ledger", Fix: clockFix}
	}
	return f
}

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
		return finding{"ledger", missing, fmt.Sprintf("%s cannot be written, so cells are not recorded: %v", dir, err),
			"export GEMBA_LEDGER=" + filepath.Join("~", ".gemba")}
	}
	_, err := journal.Open(dir)
	switch {
	case errors.Is(err, journal.ErrNoLedger):
		dir += ", made by the first recording"
	case errors.Is(err, journal.ErrNewer):
		return finding{"ledger", missing, err.Error(), "go install github.com/gemba-ml/gemba@latest"}
	case err != nil:
		return finding{"ledger", missing, err.Error(), "gemba verify"}
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
		return finding{"signing key", lacking, err.Error(), "export GEMBA_CONFIG=FOLDER"}
	}
	path := filepath.Join(dir, "key")
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := canWrite(dir); err != nil {
			return finding{"signing key", lacking, fmt.Sprintf("%s cannot be made, so checkpoints are not signed: %v", path, err), "export GEMBA_CONFIG=FOLDER"}
		}
		return finding{Name: "signing key", Health: fine, Detail: path + ", made by the first recording"}
	case err != nil:
		return finding{"signing key", lacking, err.Error(), "export GEMBA_CONFIG=FOLDER"}
	case openToOthers(info):
		return finding{"signing key", lacking, path + " can be read by others", "chmod 600 " + path}
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
		return finding{f.Name, lacking, f.Detail + ", which is before gemba was built", clockFix}
	}
	x, err := index.Open(ctx, a.ledgerToRead())
	if err != nil {
		return f
	}
	defer x.Close()
	if cells, err := x.Cells(ctx, index.Filter{Limit: 1}); err == nil && len(cells) > 0 && now.Before(cells[0].Started.Add(-slack)) {
		return finding{f.Name, lacking, f.Detail + ", which is before the newest cell in the ledger", clockFix}
	}
	return f
}

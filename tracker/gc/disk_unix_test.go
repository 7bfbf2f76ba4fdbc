//go:build unix

package gc

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"testing"

	"golang.org/x/sys/unix"
)

// fullChild collects while the system lets no file grow.
func fullChild(dir string) error {
	signal.Ignore(unix.SIGXFSZ)
	limit := unix.Rlimit{Cur: 20_000, Max: unix.RLIM_INFINITY}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if _, err := Collect(context.Background(), dir, Options{}); !errors.Is(err, unix.EFBIG) {
		return fmt.Errorf("collect on a full disk: %v", err)
	}
	if _, err := Compact(context.Background(), dir); err != nil && !errors.Is(err, unix.EFBIG) {
		return fmt.Errorf("compact on a full disk: %v", err)
	}
	return nil
}

func TestCollectOnAFullDisk(t *testing.T) {
	h := newHistory(t, 9)
	for range 30 {
		h.grow()
	}
	h.closeAll()
	h.must(h.child("full").Run())
	h.check()
	h.collect(Options{})
	h.check()
}

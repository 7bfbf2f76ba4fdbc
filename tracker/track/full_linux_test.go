package track_test

import (
	"bytes"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk: a program goes on when the disk is full, and what found no room is counted.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		if os.Getuid() == 0 && os.Getenv("CI") != "" && err != syscall.EPERM {
			t.Fatal(err)
		}
		t.Skip("only root may mount a disk: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	if err := program(dir, "full").Run(); err != nil {
		t.Fatal(err)
	}
	fits(t, absorbed(t, dir))
}

// TestNoRoomAtAll: not even a log fits. The program is told, and goes on.
func TestNoRoomAtAll(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16k"); err != nil {
		t.Skip("only root may mount a disk: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	c := program(dir, "full")
	var told bytes.Buffer
	c.Stderr = &told
	if err := c.Run(); err != nil || !strings.HasPrefix(told.String(), "gemba: what this program logs is not kept: ") {
		t.Errorf("%v\n%s", err, told.String())
	}
}

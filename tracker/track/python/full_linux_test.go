package python_test

import (
	"os"
	"strings"
	"syscall"
	"testing"
)

// small mounts a disk of a size for a test.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getuid() == 0 && os.Getenv("CI") != "" && err != syscall.EPERM {
			t.Fatal(err)
		}
		t.Skip("only root may mount a disk: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestFullDisk: a program goes on when the disk is full, and what found no room is counted.
func TestFullDisk(t *testing.T) {
	dir := small(t, "1m")
	fill(t, program(t, dir, "full"))
	fits(t, absorbed(t, dir))
}

// TestNoRoomAtAll: not even a log fits. The program is told, and goes on.
func TestNoRoomAtAll(t *testing.T) {
	c := program(t, small(t, "16k"), "many", 100)
	if err := c.Run(); err != nil || !strings.HasPrefix(said(c), "gemba: what this program logs is not kept: ") {
		t.Errorf("%v\n%s", err, said(c))
	}
}

//go:build unix

package track_test

import (
	"os"
	"strconv"
	"syscall"
	"testing"
)

// limit bounds the files that this program may write, as the test says.
func limit() {
	if size, err := strconv.ParseUint(os.Getenv("TRACK_TEST_LIMIT"), 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
			panic(err)
		}
	}
}

// TestFileTooLarge: the system lets no file grow beyond a megabyte.
func TestFileTooLarge(t *testing.T) {
	dir := t.TempDir()
	if err := program(dir, "full", "TRACK_TEST_LIMIT=1000000").Run(); err != nil {
		t.Fatal(err)
	}
	fits(t, absorbed(t, dir))
}

//go:build unix

package settings

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestLoadOfNoFile: a pipe or a device in the place of gemba.json keeps nobody waiting.
func TestLoadOfNoFile(t *testing.T) {
	pipe, device := t.TempDir(), t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(pipe, Name), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(device, Name)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{pipe, device} {
		if _, err := Load(dir); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

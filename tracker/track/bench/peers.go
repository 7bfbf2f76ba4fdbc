//go:build unix

package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// requirements pins every Python package of the peers; peersScript logs with one of them.
var (
	//go:embed requirements.lock
	requirements []byte
	//go:embed peers.py
	peersScript []byte
)

// python returns the path of a Python that has the peers. It is made again when the lock file is another one.
func (b *bench) python(ctx context.Context) (string, error) {
	dir := filepath.Join(b.cache, "peers", "tracking")
	path, done := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "requirements.lock")
	if have, err := os.ReadFile(done); err == nil && string(have) == string(requirements) {
		return path, nil
	}
	lock := filepath.Join(b.scratch, "requirements.lock")
	if err := os.WriteFile(lock, requirements, 0o644); err != nil {
		return "", err
	}
	for _, arg := range [][]string{{"python3", "-m", "venv", "--clear", dir}, {path, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", lock}} {
		if out, err := exec.CommandContext(ctx, arg[0], arg[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("install the peers: %w\n%s", err, out)
		}
	}
	return path, os.WriteFile(done, requirements, 0o644)
}

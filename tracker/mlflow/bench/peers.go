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

// requirements pins every Python package of the peers, and client is what the client does in a round.
//
//go:embed requirements.lock
var requirements []byte

//go:embed client.py
var client []byte

// peers returns the folder of the peers' programs: a virtual environment, made again when the lock file is another one.
func (b *bench) peers(ctx context.Context) (bin string, err error) {
	dir := filepath.Join(b.cache, "peers", "mlflow")
	bin, done := filepath.Join(dir, "bin"), filepath.Join(dir, "requirements.lock")
	if err := os.WriteFile(filepath.Join(b.scratch, "client.py"), client, 0o644); err != nil {
		return "", err
	}
	if have, err := os.ReadFile(done); err == nil && string(have) == string(requirements) {
		return bin, nil
	}
	lock := filepath.Join(b.scratch, "requirements.lock")
	if err := os.WriteFile(lock, requirements, 0o644); err != nil {
		return "", err
	}
	for _, arg := range [][]string{
		{"python3", "-m", "venv", "--clear", dir},
		{filepath.Join(bin, "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", lock},
	} {
		if out, err := exec.CommandContext(ctx, arg[0], arg[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("install the peers: %w\n%s", err, out)
		}
	}
	return bin, os.WriteFile(done, requirements, 0o644)
}

//go:build unix

package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
)

// requirements pins every Python package of the peers.
//
//go:embed requirements.lock
var requirements []byte

const resticVersion = "v0.18.1"

// python returns the path of a program (python, dvc) in a virtual environment that holds the Python peers, dvc and
// duckdb. It is made again when the lock file is another one.
func (b *bench) python(ctx context.Context, program string) (string, error) {
	dir := filepath.Join(b.cache, "peers", "venv")
	path, done := filepath.Join(dir, "bin", program), filepath.Join(dir, "requirements.lock")
	if have, err := os.ReadFile(done); err == nil && string(have) == string(requirements) {
		return path, nil
	}
	lock := filepath.Join(b.scratch, "requirements.lock")
	if err := os.WriteFile(lock, requirements, 0o644); err != nil {
		return "", err
	}
	pip := []string{filepath.Join(dir, "bin", "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", lock}
	for _, arg := range [][]string{{"python3", "-m", "venv", "--clear", dir}, pip} {
		if _, err := (command{arg: arg}).run(ctx); err != nil {
			return "", fmt.Errorf("install the Python peers: %w", err)
		}
	}
	return path, os.WriteFile(done, requirements, 0o644)
}

// restic returns the path of the program. It is built as the only requirement of a module, as `go install`
// would: that command asks for a list of versions too, which not every proxy has.
func (b *bench) restic(ctx context.Context) (string, error) {
	peers := filepath.Join(b.cache, "peers")
	path, dir := filepath.Join(peers, "bin", "restic-"+resticVersion), filepath.Join(peers, "restic")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	module := "module peer\n\ngo 1.26.5\n\nrequire github.com/restic/restic " + resticVersion + "\n"
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o644); err != nil {
		return "", err
	}
	build := command{dir: dir, env: []string{"GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0"},
		arg: []string{"go", "build", "-o", path, "github.com/restic/restic/cmd/restic"}}
	if _, err := build.run(ctx); err != nil {
		return "", fmt.Errorf("build restic: %w", err)
	}
	return path, nil
}

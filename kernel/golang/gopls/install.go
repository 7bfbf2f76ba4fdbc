package gopls

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Install builds gopls at Version with the installed Go and puts it into ToolsDir, where Find finds it.
// It needs the network or a filled module cache, and takes about a minute; what the go command says
// goes to progress. It is for `gemba doctor --fix` and for tests: nothing calls it while a cell waits.
func Install(ctx context.Context, progress io.Writer) (path string, err error) {
	dir, err := ToolsDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("install gopls: %w", err)
	}
	scratch, err := os.MkdirTemp(dir, "install-*") // beside its place, so that the rename is atomic
	if err != nil {
		return "", fmt.Errorf("install gopls: %w", err)
	}
	defer os.RemoveAll(scratch)
	fmt.Fprintf(progress, "building gopls %s in %s\n", Version, dir)
	if err := build(ctx, scratch, progress); err != nil {
		return "", fmt.Errorf("install gopls: %s: %w", Command, err)
	}
	path = filepath.Join(dir, executable())
	if err := os.Rename(filepath.Join(scratch, executable()), path); err != nil {
		return "", fmt.Errorf("install gopls: %w", err)
	}
	return path, nil
}

func build(ctx context.Context, dir string, progress io.Writer) error {
	cmd := exec.CommandContext(ctx, "go", "install", module+"@"+Version)
	cmd.Dir = dir
	cmd.Stdout, cmd.Stderr = progress, progress
	// The user's settings for programs do not hold for this tool, and it needs no C compiler.
	cmd.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0",
		"GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
	return cmd.Run()
}

func executable() string {
	if runtime.GOOS == "windows" {
		return "gopls.exe"
	}
	return "gopls"
}

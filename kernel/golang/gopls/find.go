package gopls

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Version is the gopls that fits Go 1.26: newer ones want a newer Go to be built.
const Version = "v0.21.0"

// Command installs it by hand.
const Command = "go install " + module + "@" + Version

const module = "golang.org/x/tools/gopls"

// ToolsDir is gemba's own folder of tools, in the user's cache.
func ToolsDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find tools: %w", err)
	}
	return filepath.Join(cache, "gemba", "bin"), nil
}

// Find returns the path of a gopls that fits the installed Go: $GEMBA_GOPLS if it is set, whatever that
// is, else one in ToolsDir, else one in PATH. Otherwise its error wraps ErrMissing and names the
// command that helps.
func Find() (string, error) {
	if path := os.Getenv("GEMBA_GOPLS"); path != "" {
		return path, nil
	}
	toolchain, err := toolchainVersion()
	if err != nil {
		return "", err
	}
	var whyNot []error
	for _, path := range candidates() {
		err := fits(path, toolchain)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			whyNot = append(whyNot, err)
		}
	}
	return "", missing(whyNot)
}

func candidates() (paths []string) {
	if dir, err := ToolsDir(); err == nil {
		paths = append(paths, filepath.Join(dir, executable()))
	}
	if path, err := exec.LookPath("gopls"); err == nil {
		paths = append(paths, path)
	}
	return paths
}

func missing(whyNot []error) error {
	hint := "completion and inspection need it: run `gemba doctor --fix` or `" + Command + "`"
	if len(whyNot) == 0 {
		return fmt.Errorf("%w; %s", ErrMissing, hint)
	}
	return fmt.Errorf("%w (%w); %s", ErrMissing, errors.Join(whyNot...), hint)
}

// fits checks that path is a gopls that understands the standard library of the toolchain: one built
// with an older Go refuses it.
func fits(path, toolchain string) error {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if info.Path != module {
		return fmt.Errorf("%s is not gopls but %s", path, info.Path)
	}
	if version.Compare(version.Lang(info.GoVersion), version.Lang(toolchain)) < 0 {
		return fmt.Errorf("%s was built with %s, which is older than the installed %s", path, info.GoVersion, toolchain)
	}
	return nil
}

// toolchainVersion asks the go command, since it may not be the one that built this program.
func toolchainVersion() (string, error) {
	cmd := exec.Command("go", "env", "GOVERSION")
	cmd.Dir = os.TempDir() // not where a go.mod of the user's may have another toolchain downloaded
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("find Go: %w; install it from https://go.dev/dl", err)
	}
	return strings.TrimSpace(string(out)), nil
}

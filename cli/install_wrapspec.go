package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
)

// wrapping makes the kernelspec that starts program around the kernel s. What s has in env is not in it: the program gives it to
// the kernel.
func wrapping(s kernelspec.Spec, program string) (fullKernelspec, error) {
	facts, err := s.Facts()
	if err != nil {
		return fullKernelspec{}, err
	}
	metadata := map[string]any{}
	for name, value := range facts {
		metadata[name] = value
	}
	metadata["gemba"] = map[string]string{"version": buildVersion().Version, "wraps": s.Name()}
	mode := s.InterruptMode
	if mode == "" {
		mode = "signal" // what Jupyter takes it for
	}
	return fullKernelspec{
		Argv:        []string{program, "kernel", "--wrap", s.Dir, "--connection-file", "{connection_file}"},
		DisplayName: wrapDisplay(s, takenDisplays(s)), Language: s.Language, InterruptMode: mode, Protocol: s.Protocol, Metadata: metadata,
	}, nil
}

// flavour is what stands behind a kernel's name in parentheses, such as (ipykernel).
var flavour = regexp.MustCompile(`\s*\([^()]*\)\s*$`)

// wrapDisplay is how people tell the wrap from the kernel. What stands in parentheses makes room, unless another kernel would look
// the same then.
func wrapDisplay(s kernelspec.Spec, taken map[string]bool) string {
	name := strings.TrimSpace(s.DisplayName)
	if name == "" {
		name = s.Name()
	}
	if short := flavour.ReplaceAllString(name, ""); short != "" && !taken[short+" (gemba)"] {
		return short + " (gemba)"
	}
	return name + " (gemba)"
}

// takenDisplays holds what kernels other than the wrap of s are called.
func takenDisplays(s kernelspec.Spec) map[string]bool {
	taken := map[string]bool{kernelDisplay: true}
	for _, w := range wraps(kernelspec.List()) {
		if w.of() != s.Name() {
			taken[w.Display] = true
		}
	}
	return taken
}

// mostResources bounds what is copied of a kernelspec's folder, in bytes for each file: logos and scripts are far below.
const mostResources = 4 << 20

// copyResources copies the logos and scripts that front ends load from a kernelspec's folder.
func copyResources(to, from string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return fmt.Errorf("copy logos: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(from, e.Name())
		info, err := os.Stat(path) // what a link leads to
		if err != nil || !info.Mode().IsRegular() || info.Size() > mostResources || e.Name() == "kernel.json" {
			continue
		}
		if err := copyResource(filepath.Join(to, e.Name()), path); err != nil {
			return fmt.Errorf("copy %s: %w", e.Name(), err)
		}
	}
	return nil
}

func copyResource(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, mostResources))
	if err != nil {
		return err
	}
	return writeSynced(to, text)
}

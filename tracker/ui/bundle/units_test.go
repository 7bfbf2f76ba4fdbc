package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

// TestUnits runs the tests that lie beside the TypeScript that they test, each *.test.ts bundled into one file, by Node's own test runner.
func TestUnits(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "preact")); err != nil {
		kerneltest.Lacking(t, "the page's libraries are missing: make tracker/ui/node_modules fetches them")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		kerneltest.Lacking(t, "Node is not installed")
	}
	files := bundleUnits(t, root)
	out, err := exec.CommandContext(t.Context(), node, append([]string{"--test", "--test-reporter=spec"}, files...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// bundleUnits bundles the tests into a folder of the test, and returns where they are.
func bundleUnits(t *testing.T, root string) []string {
	t.Helper()
	var entries []string
	err := filepath.WalkDir(filepath.Join(root, "src"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".test.ts") {
			entries = append(entries, path)
		}
		return err
	})
	if err != nil || len(entries) == 0 {
		t.Fatalf("find tests: %v, found %d", err, len(entries))
	}
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root, EntryPoints: entries, Outdir: t.TempDir(), OutExtension: map[string]string{".js": ".mjs"}, Bundle: true, Write: true,
		Platform: api.PlatformNode, Format: api.FormatESModule, Target: api.ES2022, Sourcemap: api.SourceMapInline, LogLevel: api.LogLevelSilent,
	})
	for _, m := range result.Errors {
		t.Fatalf("bundle tests: %s", m.Text)
	}
	var files []string
	for _, f := range result.OutputFiles {
		if strings.HasSuffix(f.Path, ".mjs") {
			files = append(files, f.Path)
		}
	}
	return files
}

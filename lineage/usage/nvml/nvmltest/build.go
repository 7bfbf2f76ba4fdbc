// Package nvmltest builds a library that looks like NVIDIA's to whoever loads it, for tests on machines without a GPU.
package nvmltest

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed fake.c.txt
var source []byte

// Build builds the library and returns its path. Faults are names that fake.c.txt knows: NO_ENERGY, NO_POWER, … The test
// cannot run without a C compiler; lacking is told why.
func Build(t testing.TB, lacking func(testing.TB, string), faults ...string) string {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		lacking(t, "needs a C compiler: apt-get install gcc")
	}
	dir := t.TempDir()
	from, to := filepath.Join(dir, "fake.c"), filepath.Join(dir, "libnvidia-ml.so.1")
	if err := os.WriteFile(from, source, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-shared", "-fPIC", "-o", to, from}
	for _, fault := range faults {
		args = append(args, "-D"+fault)
	}
	if out, err := exec.Command(compiler, args...).CombinedOutput(); err != nil {
		t.Fatalf("build a library: %v\n%s", err, out)
	}
	return to
}

package journal

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// python returns an interpreter that has the package cryptography: $GEMBA_TEST_PYTHON, that of the
// repository's virtual environment, or the system's. Where CI is set there must be one.
func python(t *testing.T) string {
	t.Helper()
	bin := "bin/python"
	if runtime.GOOS == "windows" {
		bin = "Scripts/python.exe"
	}
	for _, name := range []string{os.Getenv("GEMBA_TEST_PYTHON"), filepath.Join("../../.venv", bin), "python3"} {
		if name != "" && exec.Command(name, "-c", "import cryptography").Run() == nil {
			return name
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no Python with the package cryptography: run make test")
	}
	t.Skip("no Python with the package cryptography: run make test, or set GEMBA_TEST_PYTHON")
	return ""
}

// TestAnotherVerifierAgrees gives every altered ledger to a verifier that shares no code with this one.
func TestAnotherVerifierAgrees(t *testing.T) {
	const verifier = "../testdata/verify.py"
	python := python(t)
	if b, err := os.ReadFile(verifier); err != nil || bytes.Count(b, []byte("\n")) >= 180 {
		t.Errorf("%v; want a verifier of less than 180 lines", err)
	}
	for name, test := range tampers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSample(t)
			test.alter(s)
			out, err := exec.CommandContext(t.Context(), python, verifier, s.dir).CombinedOutput()
			found := err != nil
			if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() != 4 {
				t.Fatalf("%v\n%s", err, out)
			}
			if found != (test.want != nil) {
				t.Errorf("problems found: %v, want %v\n%s", found, test.want != nil, out)
			}
		})
	}
}

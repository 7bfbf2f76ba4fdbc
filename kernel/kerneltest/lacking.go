package kerneltest

import (
	"os"
	"testing"
)

// Lacking ends a test that cannot run because a part is not installed: CI has to have all parts, so there
// it is a failure, elsewhere the test is skipped.
func Lacking(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestCodeWithoutCommitIsSaid(t *testing.T) {
	commit, empty := strings.Repeat("ab", 20), ""
	d := &difference{Code: []changed{{Key: "commit", A: &empty, B: &commit}, {Key: "branch", A: &commit, B: &empty}, {Key: "a.go", B: &empty}}}
	var out bytes.Buffer
	if err := (&app{stdout: &out, stderr: &out, now: time.Now}).printDiff(d, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"commit  no commit", "branch", "no branch", `a.go    –`, `""`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
	if *d.Code[0].A != "" {
		t.Error("what --json tells changed too")
	}
}

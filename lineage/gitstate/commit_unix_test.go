//go:build unix

package gitstate

import (
	"context"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCommitBesideWhatAHookLeavesRunning has a hook start something that outlives git: nobody waits for that.
func TestCommitBesideWhatAHookLeavesRunning(t *testing.T) {
	r := committed(t)
	r.write(".git/hooks/post-commit", "#!/bin/sh\nsleep 300 &\necho $! > .git/left\n")
	r.chmod(".git/hooks/post-commit", 0o755)
	r.write("a.txt", "changed")
	r.git("add", "a.txt")
	t.Cleanup(func() {
		b, err := os.ReadFile(r.path(".git/left"))
		check(t, err)
		pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
		check(t, err)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done, err := Commit(ctx, r.dir, CommitOptions{Message: "changed"})
	check(t, err)
	check(t, ctx.Err())
	if done.Commit != strings.TrimSpace(r.git("rev-parse", "HEAD")) {
		t.Errorf("committed %+v", done)
	}
}

package gitstate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Why there was no commit.
var (
	ErrNothing    = errors.New("nothing to commit")
	ErrUnfinished = errors.New("an operation of git is not finished")
	ErrIdentity   = errors.New("git does not know who commits")
	ErrBare       = errors.New("the repository has no work tree")
	ErrMessage    = errors.New("a commit needs a message")
)

// CommitOptions say what goes into a commit.
type CommitOptions struct {
	Message string
	Paths   []string // relative to the folder asked for: only these, untracked ones too; none: all tracked changes
	Also    []string // untracked files, such as the notebook, that go in beside all tracked changes
	Now     func() time.Time
}

// Committed is what Commit did.
type Committed struct {
	Commit    string   `json:"commit"`
	Branch    string   `json:"branch,omitempty"` // empty when HEAD is detached
	Message   string   `json:"message"`
	Files     []string `json:"files"`     // that differ from the commit before
	Untracked []string `json:"untracked"` // what was left out since git does not track it
	Said      string   `json:"said,omitempty"`
}

// Commit makes a commit in the repository that dir is in, as `git commit -a` does: by the git program, so that
// hooks, signatures and filters are those of the user, or by go-git where there is none. It is the only function here
// that changes a repository, and only because a person asked for a commit. Its error does not say that it was a commit
// that failed: who asked for it knows by which name.
func Commit(ctx context.Context, dir string, o CommitOptions) (Committed, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	r, err := Find(dir)
	if err != nil {
		return Committed{}, err
	}
	if err := o.check(r); err != nil {
		return Committed{}, err
	}
	if program, err := exec.LookPath("git"); err == nil {
		return (&committer{ctx, program, dir, r, o}).commit()
	}
	return commitAlone(ctx, dir, r, o)
}

// check refuses what would surprise: above all to end a merge by the way.
func (o *CommitOptions) check(r Repository) error {
	if strings.TrimSpace(o.Message) == "" {
		return ErrMessage
	}
	if r.Root == "" {
		return ErrBare
	}
	for _, op := range operations {
		if op.flag != Bisecting && exists(filepath.Join(r.GitDir, filepath.FromSlash(op.file))) {
			return fmt.Errorf("%w: %s is %s; end or abort that with git first", ErrUnfinished, r.Root, op.flag)
		}
	}
	return nil
}

// committer commits by the git program.
type committer struct {
	ctx     context.Context
	program string
	dir     string
	r       Repository
	o       CommitOptions
}

// lastWords is how long what git has ended may still be listened to: what a hook leaves running holds its output open.
const lastWords = time.Second

// git runs the program in the folder asked for. The repository is the one that was found, whatever GIT_DIR says, and
// paths mean themselves.
func (c *committer) git(args ...string) (string, error) {
	cmd := exec.CommandContext(c.ctx, c.program, append([]string{"--literal-pathspecs"}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}, name)
	})
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, lastWords
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		said := strings.TrimSpace(stderr.String() + stdout.String())
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, said)
	}
	return stdout.String(), nil
}

// names runs git and returns the names that it lists, separated by NUL.
func (c *committer) names(args ...string) ([]string, error) {
	out, err := c.git(args...)
	return slices.DeleteFunc(strings.Split(out, "\x00"), func(s string) bool { return s == "" }), err
}

func (c *committer) commit() (done Committed, err error) {
	if _, err := c.git("var", "GIT_COMMITTER_IDENT"); err != nil {
		return done, fmt.Errorf("%w: %w", ErrIdentity, err)
	}
	fresh, err := c.announce()
	if err != nil {
		return done, err
	}
	args := []string{"commit", "-q", "-m", c.o.Message}
	if len(c.o.Paths) > 0 {
		args = append(append(args, "--only", "--"), c.o.Paths...)
	} else {
		args = append(args, "--all")
	}
	if err = c.something(); err == nil {
		done.Said, err = c.git(args...)
	}
	if err != nil {
		if len(fresh) > 0 { // what was announced is untracked again
			_, _ = c.git(append([]string{"rm", "-q", "--cached", "--"}, fresh...)...)
		}
		return done, err
	}
	return c.describe(done)
}

// announce tells git of the untracked files that are to be committed, and returns them.
func (c *committer) announce() (fresh []string, err error) {
	wanted := slices.Concat(c.o.Paths, c.o.Also)
	if len(wanted) == 0 {
		return nil, nil
	}
	if fresh, err = c.names(append([]string{"ls-files", "-z", "--others", "--exclude-standard", "--"}, wanted...)...); err != nil || len(fresh) == 0 {
		return nil, err
	}
	_, err = c.git(append([]string{"add", "--intent-to-add", "--"}, fresh...)...)
	return fresh, err
}

// something fails when there is nothing to commit.
func (c *committer) something() error {
	changed, err := c.names(append([]string{"status", "--porcelain", "-z", "--untracked-files=no", "--"}, c.o.Paths...)...)
	if err == nil && len(changed) == 0 {
		err = ErrNothing
		for _, p := range c.o.Paths {
			if known, _ := c.names("ls-files", "-z", "--", p); len(known) == 0 && !exists(filepath.Join(c.dir, p)) {
				return fmt.Errorf("%w: %s: %w", ErrNothing, p, os.ErrNotExist)
			}
		}
	}
	return err
}

// describe tells what was committed, and what was not.
func (c *committer) describe(done Committed) (Committed, error) {
	h := (&refs{Repository: c.r}).head()
	done.Commit, done.Branch, done.Message = h.commit, strings.TrimPrefix(h.ref, "refs/heads/"), c.o.Message
	done.Said = strings.TrimSpace(done.Said)
	var err error
	done.Files, err = c.names("diff-tree", "--root", "--no-commit-id", "--name-only", "-r", "-z", h.commit)
	if err != nil {
		return done, err
	}
	c.dir = c.r.Root // of all folders, not of the one asked for alone
	done.Untracked, err = c.names("ls-files", "-z", "--others", "--exclude-standard")
	return done, err
}

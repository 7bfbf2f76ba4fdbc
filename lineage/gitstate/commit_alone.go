package gitstate

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// errNeedsGit says that only the git program can make the commit as its user wants it.
var errNeedsGit = errors.New("the git program is not installed")

// commitAlone commits by go-git. What go-git would do in another way than git is refused.
func commitAlone(ctx context.Context, dir string, r Repository, o CommitOptions) (done Committed, err error) {
	c := readConfig(r, nil)
	if err := simple(r, c, o); err != nil {
		return done, err
	}
	capturer := NewCapturer(dir, Options{})
	defer capturer.Close()
	before, err := capturer.Capture(ctx)
	if err != nil {
		return done, err
	}
	for _, change := range before.Changes {
		if change.Filter != "" {
			return done, fmt.Errorf("%w, and %s is converted by %s", errNeedsGit, change.Path, change.Filter)
		}
	}
	author := object.Signature{Name: c.last("user.name"), Email: c.last("user.email"), When: o.Now()}
	if author.Name == "" || author.Email == "" {
		return done, ErrIdentity
	}
	repository, err := git.PlainOpenWithOptions(r.Root, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if err != nil {
		return done, err
	}
	tree, err := repository.Worktree()
	if err != nil {
		return done, err
	}
	for _, name := range o.Also {
		if err := addAlone(tree, dir, r, name); err != nil {
			return done, err
		}
	}
	hash, err := tree.Commit(o.Message+"\n", &git.CommitOptions{All: true, Author: &author})
	if errors.Is(err, git.ErrEmptyCommit) {
		err = ErrNothing
	}
	if err != nil {
		return done, err
	}
	return describeAlone(before, hash.String(), o), nil
}

// simple refuses what only the git program does as git does.
func simple(r Repository, c *config, o CommitOptions) error {
	hooks := c.last("core.hookspath")
	for _, hook := range []string{"pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"} {
		if hooks != "" || lstat(filepath.Join(r.Common, "hooks", hook)).mode&0o100 != 0 {
			return fmt.Errorf("%w, and the repository has hooks", errNeedsGit)
		}
	}
	switch {
	case c.is("commit.gpgsign", false):
		return fmt.Errorf("%w, and commits are to be signed", errNeedsGit)
	case len(o.Paths) > 0:
		return fmt.Errorf("%w, and only some paths are to be committed", errNeedsGit)
	}
	return nil
}

func addAlone(tree *git.Worktree, dir string, r Repository, name string) error {
	path, err := filepath.EvalSymlinks(relativeTo(dir, name))
	if err != nil {
		return err
	}
	if path, err = filepath.Rel(r.Root, path); err != nil {
		return err
	}
	_, err = tree.Add(filepath.ToSlash(path))
	return err
}

// describeAlone tells what was committed by what differed before.
func describeAlone(before State, commit string, o CommitOptions) Committed {
	done := Committed{Commit: commit, Branch: before.Branch, Message: o.Message}
	for _, c := range before.Changes {
		also := false
		for _, name := range o.Also {
			also = also || strings.HasSuffix("/"+c.Path, "/"+filepath.ToSlash(name))
		}
		if c.Status == Untracked && !also {
			done.Untracked = append(done.Untracked, c.Path)
		} else if c.dirty() {
			done.Files = append(done.Files, c.Path)
		}
	}
	return done
}

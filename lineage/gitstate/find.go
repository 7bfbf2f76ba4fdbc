package gitstate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNoRepository says that a folder is in no git repository.
var ErrNoRepository = errors.New("not in a git repository")

// A Repository is where a repository is on disk.
type Repository struct {
	Root   string // of the work tree, absolute; empty when the repository is bare
	GitDir string // absolute: HEAD, index
	Common string // absolute: objects, refs, config; another one than GitDir in a linked work tree
}

// Find locates the repository that dir is in, as git does without GIT_DIR: dir itself or the nearest folder
// above it with a repository in .git, with a file .git that names one (submodules, linked work trees), or
// that is a repository itself (bare, or the inside of .git). Its error is ErrNoRepository when there is none.
func Find(dir string) (Repository, error) {
	dir, err := filepath.Abs(dir)
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return Repository{}, fmt.Errorf("find repository: %w", err)
	}
	for at := dir; ; at = filepath.Dir(at) {
		r, err := repositoryAt(at)
		if err == nil || !errors.Is(err, ErrNoRepository) {
			return r, err
		}
		if at == filepath.Dir(at) {
			return Repository{}, fmt.Errorf("find repository of %s: %w", dir, ErrNoRepository)
		}
	}
}

// repositoryAt returns the repository whose root, or whose git folder, dir is.
func repositoryAt(dir string) (Repository, error) {
	dotGit := filepath.Join(dir, ".git")
	info, err := os.Stat(dotGit)
	switch {
	case err == nil && info.Mode().IsRegular():
		gitDir, err := readGitFile(dotGit)
		if err != nil {
			return Repository{}, err
		}
		return opened(dir, gitDir)
	case err == nil && isGitDir(dotGit):
		return opened(dir, dotGit)
	case isGitDir(dir):
		if filepath.Base(dir) == ".git" {
			return opened(filepath.Dir(dir), dir)
		}
		return opened("", dir)
	}
	return Repository{}, ErrNoRepository
}

// isGitDir reports whether dir has what every git folder has.
func isGitDir(dir string) bool {
	if _, err := os.Lstat(filepath.Join(dir, "HEAD")); err != nil {
		return false
	}
	common := commonDir(dir)
	for _, name := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(common, name)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// readGitFile returns the git folder that a file .git names.
func readGitFile(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("find repository: %w", err)
	}
	gitDir, ok := strings.CutPrefix(strings.TrimRight(string(b), "\r\n"), "gitdir: ")
	if !ok {
		return "", fmt.Errorf("find repository: %s names no git folder", file)
	}
	gitDir = relativeTo(filepath.Dir(file), gitDir)
	if !isGitDir(gitDir) {
		return "", fmt.Errorf("find repository: %s names %s, which is no git folder: %w", file, gitDir, fs.ErrNotExist)
	}
	return gitDir, nil
}

// commonDir returns the folder that a linked work tree shares with the others; usually the git folder itself.
func commonDir(gitDir string) string {
	b, err := os.ReadFile(filepath.Join(gitDir, "commondir"))
	if err != nil {
		return gitDir
	}
	return relativeTo(gitDir, strings.TrimSpace(string(b)))
}

// opened settles what the configuration says about the work tree.
func opened(root, gitDir string) (Repository, error) {
	r := Repository{Root: root, GitDir: gitDir, Common: commonDir(gitDir)}
	c := readConfig(r, nil)
	switch worktree := c.last("core.worktree"); {
	case worktree != "":
		r.Root = relativeTo(gitDir, worktree)
	case c.is("core.bare", false) && r.GitDir == r.Common:
		r.Root = ""
	}
	return r, nil
}

// submodule returns the repository of a submodule: in the work tree, or among those that r keeps.
func (r Repository) submodule(path string) (Repository, bool) {
	if r.Root != "" {
		if sub, err := repositoryAt(filepath.Join(r.Root, filepath.FromSlash(path))); err == nil {
			return sub, true
		}
	}
	sub, err := repositoryAt(filepath.Join(r.Common, "modules", filepath.FromSlash(path)))
	return sub, err == nil
}

// relativeTo returns path, made absolute from dir.
func relativeTo(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, filepath.FromSlash(path))
}

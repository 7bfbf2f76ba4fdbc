package gitstate

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// statusOf is each changed path's status and filter.
func statusesOf(s State) map[string]string {
	all := map[string]string{}
	for _, c := range s.Changes {
		all[c.Path] = strings.TrimSpace(string(c.Status) + " " + c.Filter)
	}
	return all
}

// lfs installs a filter that does what git-lfs does, with the tools of every system.
func (r *repo) lfs() {
	r.t.Helper()
	script := r.path(".git/lfs.sh")
	check(r.t, os.WriteFile(script, []byte(`#!/bin/sh
set -e
dir="`+r.path(".git/lfs/objects")+`"
case $1 in
clean)
	cat > "$dir/new"
	oid=$(sha256sum < "$dir/new" | cut -c 1-64)
	a=$(echo $oid | cut -c 1-2); b=$(echo $oid | cut -c 3-4)
	mkdir -p "$dir/$a/$b"
	size=$(wc -c < "$dir/new" | tr -d ' ')
	mv "$dir/new" "$dir/$a/$b/$oid"
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s\n' $oid $size;;
smudge)
	oid=$(sed -n 's/^oid sha256://p')
	cat "$dir/$(echo $oid | cut -c 1-2)/$(echo $oid | cut -c 3-4)/$oid";;
esac
`), 0o755))
	check(r.t, os.MkdirAll(r.path(".git/lfs/objects"), 0o755))
	r.git("config", "filter.lfs.clean", script+" clean")
	r.git("config", "filter.lfs.smudge", script+" smudge")
	r.git("config", "filter.lfs.required", "true")
}

func TestFilters(t *testing.T) {
	for name, test := range map[string]struct {
		make func(*repo)
		want map[string]string
	}{
		"autocrlf": {func(r *repo) {
			r.git("config", "core.autocrlf", "true")
			r.remove("a.txt")
			r.remove("b.txt")
			r.git("checkout", "-q", ".")
		}, map[string]string{"a.txt": "filtered crlf", "b.txt": "filtered crlf"}},
		"autocrlf, edited": {func(r *repo) {
			r.git("config", "core.autocrlf", "true")
			r.remove("a.txt")
			r.git("checkout", "-q", ".")
			r.write("a.txt", "changed\r\n")
			r.write("b.txt", "b\r\n") // git: still clean
		}, map[string]string{"a.txt": "modified line ends", "b.txt": "filtered crlf"}},
		"mixed line ends": {func(r *repo) {
			r.git("config", "core.autocrlf", "input")
			r.write("a.txt", "one\r\ntwo\n")
		}, map[string]string{"a.txt": "filtered line ends"}},
		"eol=crlf": {func(r *repo) {
			r.write(".gitattributes", "*.go text eol=crlf\nsub/deep/** -text\n")
			r.commit("attributes")
			r.remove("sub/c.go")
			r.git("checkout", "-q", ".")
			r.write("sub/deep/d.bin", "\x00\r\n")
		}, map[string]string{"sub/c.go": "filtered crlf", "sub/deep/d.bin": "modified"}},
		"text=auto": {func(r *repo) {
			r.write(".gitattributes", "* text=auto\n*.bin binary\n")
			r.commit("attributes")
			r.write("a.txt", "one\r\ntwo\r\n")
			r.git("add", "a.txt")
		}, map[string]string{"a.txt": "filtered crlf"}},
		"info attributes": {func(r *repo) {
			r.write(".git/info/attributes", "\"a.txt\" text eol=crlf\n[attr]ours text eol=crlf\nb.* ours\n")
			r.remove("a.txt")
			r.remove("b.txt")
			r.git("checkout", "-q", ".")
		}, map[string]string{"a.txt": "filtered crlf", "b.txt": "filtered crlf"}},
		"ident": {func(r *repo) {
			r.write(".gitattributes", "*.id ident\n")
			r.write("x.id", "$Id$\n")
			r.commit("ident")
			r.remove("x.id")
			r.git("checkout", "-q", ".")
		}, map[string]string{"x.id": "filtered ident"}},
		"unknown filter": {func(r *repo) {
			r.git("config", "filter.rot.clean", "tr a-z n-za-m")
			r.git("config", "filter.rot.smudge", "tr a-z n-za-m")
			r.write(".gitattributes", "*.rot filter=rot\n")
			r.write("x.rot", "hello")
			r.commit("rot")
		}, map[string]string{"x.rot": "filtered rot"}},
		"encoding": {func(r *repo) {
			r.write(".gitattributes", "*.u working-tree-encoding=UTF-16LE\n")
			r.write("x.u", "h\x00i\x00")
			r.commit("encoded")
		}, map[string]string{"x.u": "filtered encoding UTF-16LE"}},
		"LFS": {func(r *repo) {
			r.lfs()
			r.write(".gitattributes", "*.large filter=lfs -text\n")
			r.write("x.large", "large content")
			r.write("big.large", strings.Repeat("big", 1000))
			r.write("touched.large", "touched")
			r.write("edited.large", "before")
			r.commit("lfs")
			r.write("touched.large", "touched")
			r.write("edited.large", "after")
		}, map[string]string{"x.large": "filtered lfs", "big.large": "filtered lfs", "touched.large": "filtered lfs", "edited.large": "modified lfs"}},
		"LFS not fetched": {func(r *repo) {
			r.write(".gitattributes", "*.large filter=lfs -text\n")
			r.write("x.large", lfsVersion+"oid sha256:"+strings.Repeat("ab", 32)+"\nsize 12345\n")
			r.commit("lfs")
		}, map[string]string{}},
		"mode is not trusted": {func(r *repo) {
			r.git("config", "core.fileMode", "false")
			r.chmod("a.txt", 0o755)
			r.write("b.txt", "c\n")
		}, map[string]string{"b.txt": "modified"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := committed(t)
			test.make(r)
			s := r.capture(NewCapturer(r.dir, Options{Store: newBlobs(), UntrackedLimit: 1000}))
			if diff := cmp.Diff(test.want, statusesOf(s)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if !slices.Contains([]string{"autocrlf, edited", "mixed line ends"}, name) { // git lists these until git add
				r.compareWithGit(s)
			}
			if name != "mode is not trusted" { // what git does not tell, is not brought back
				r.restoredOf(Options{UntrackedLimit: 1000}, name != "LFS")
			}
		})
	}
}

// restoredOf is restoredAs, where what git-lfs keeps is not in a tree.
func (r *repo) restoredOf(o Options, tree bool) {
	r.t.Helper()
	if tree {
		r.restoredAs(o)
		return
	}
	store := newBlobs()
	o.Store = store
	s := r.capture(NewCapturer(r.dir, o))
	r.comesBack("from the repository", Source{Repository: r.dir, Commit: s.Commit, Changes: s.Document(), Blobs: store}, workTree(r.t, r.dir, r.ignored()))
}

// TestFilteredIsRead once: what was seen to be HEAD's bytes is not read again.
func TestFiltersAreRemembered(t *testing.T) {
	r := committed(t)
	r.write(".gitattributes", "* text=auto\n")
	r.commit("attributes")
	old := "2001-02-03T04:05:06.5"
	command(t, r.dir, "sh", "-c", "find . -path ./.git -prune -o -type f -print0 | xargs -0 touch -d "+old)
	r.git("status")
	time.Sleep(2 * tick) // stamps settle
	c := NewCapturer(r.dir, Options{})
	r.compareWithGit(r.capture(c))
	r.capture(c)
	before := map[string]int64{}
	for path, known := range c.memory.known {
		before[path] = known.at
	}
	if len(before) == 0 {
		t.Error("nothing is remembered")
	}
	r.capture(c)
	for path, known := range c.memory.known {
		if known.at != before[path] {
			t.Errorf("%s was read again", path)
		}
	}
}

func TestSparse(t *testing.T) {
	for _, cone := range []string{"--cone", "--no-cone", "--sparse-index"} {
		t.Run(cone, func(t *testing.T) {
			r := committed(t)
			r.write("other/x/y", "y")
			r.write("other/z", "z")
			r.commit("other")
			args := []string{"sparse-checkout", "set", cone, "sub"}
			if cone == "--sparse-index" {
				args = []string{"sparse-checkout", "set", "--cone", cone, "sub"}
			}
			r.git(args...)
			r.write("sub/c.go", "package sparse\n")
			s := r.restoredAs(Options{})
			r.compareWithGit(s)
			if !s.Is(Sparse) || s.Dirty() != 1 {
				t.Errorf("flags %q, %d changes\n%s", s.Flags, s.Dirty(), s.Document())
			}
			r.write("other/z", "present despite")
			s = r.restoredAs(Options{})
			if cone != "--sparse-index" {
				r.compareWithGit(s)
			}
		})
	}
}

func TestUntrackedLimits(t *testing.T) {
	r := committed(t)
	for i := range 5 {
		r.write(fmt.Sprintf("u%d", i), strings.Repeat("x", 100*(i+1)))
	}
	s := r.capture(NewCapturer(r.dir, Options{Store: newBlobs(), UntrackedLimit: 400, UntrackedTotal: 650}))
	got := map[string]string{}
	for _, c := range s.Changes {
		got[c.Path] = fmt.Sprintf("%d %t %.20s", c.Size, c.Digest.IsZero(), c.Missing)
	}
	want := map[string]string{"u0": "100 false ", "u1": "200 false ", "u2": "300 false ",
		"u3": "400 true untracked files are ", "u4": "500 true larger than the limi"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("untracked (-want +got):\n%s", diff)
	}
	back, err := Restore(context.Background(), Source{Repository: r.dir, Commit: s.Commit, Changes: s.Document()}, filepath.Join(t.TempDir(), "x"))
	if err == nil {
		t.Errorf("restored without a store: %+v", back)
	}
}

// hide takes a planted secret out.
func hide(b []byte) []byte { return bytes.ReplaceAll(b, []byte("hunter2"), []byte("[redacted]")) }

func TestScreen(t *testing.T) {
	r := committed(t)
	r.write("a.txt", "password = hunter2\n")
	r.git("add", "a.txt")
	r.write("a.txt", "token = hunter2\n")
	r.write("untracked", "hunter2")
	r.write("clean", "nothing")
	r.write("large.bin", strings.Repeat("0123456789abcde\n", 3<<20)+"hunter2\n")
	store := newBlobs()
	s := r.capture(NewCapturer(r.dir, Options{Store: store, Screen: hide, UntrackedLimit: 100 << 20}))
	for d, b := range store.held {
		if bytes.Contains(b, []byte("hunter2")) {
			t.Errorf("the secret is in %s", d)
		}
	}
	got := map[string]bool{}
	for _, c := range s.Changes {
		got[c.Path] = c.Redacted
	}
	if diff := cmp.Diff(map[string]bool{"a.txt": true, "untracked": true, "clean": false, "large.bin": true}, got); diff != "" {
		t.Errorf("redacted (-want +got):\n%s", diff)
	}
	back, err := Restore(context.Background(), Source{Repository: r.dir, Commit: s.Commit, Changes: s.Document(), Blobs: store}, filepath.Join(t.TempDir(), "x"))
	if err != nil || len(back.Missing) != 3 {
		t.Errorf("restored %+v, %v", back, err)
	}
}

func TestLargeFilesComeBack(t *testing.T) {
	r := committed(t)
	large := strings.Repeat("0123456789abcdef", wholeFile/16+1)
	r.write("tracked", large)
	r.commit("large")
	r.compareWithGit(r.restoredAs(Options{UntrackedLimit: 100 << 20}))
	r.write("tracked", large+"more")
	r.write("untracked", large+"\x00")
	r.git("add", "tracked")
	r.write("tracked", large+"other")
	r.compareWithGit(r.restoredAs(Options{UntrackedLimit: 100 << 20}))
}

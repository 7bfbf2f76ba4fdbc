package mlflow

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

type listArtifacts struct {
	runID
	Path string `json:"path"`
}

type artifactsAnswer struct {
	Root  string     `json:"root_uri,omitempty"`
	Files []fileInfo `json:"files,omitempty"`
	Next  string     `json:"next_page_token,omitempty"`
}

func (s *Server) listArtifacts(ctx context.Context, q *listArtifacts) (artifactsAnswer, error) {
	at := place{}
	var err error
	if at.path, err = checkPath(q.Path); err != nil {
		return artifactsAnswer{}, err
	}
	one, unlock, err := s.run(ctx, q.id())
	if err != nil {
		return artifactsAnswer{}, err
	}
	at.run = one.id
	root := one.info.Artifacts
	unlock()
	files, err := s.list(ctx, at)
	return artifactsAnswer{Root: root, Files: files}, err
}

type listProxied struct {
	Path string `json:"path"`
}

// listProxied lists a folder of proxied artifacts. Names are relative to it.
func (s *Server) listProxied(ctx context.Context, q *listProxied) (artifactsAnswer, error) {
	at, err := parsePlace(q.Path)
	if err != nil {
		return artifactsAnswer{}, err
	}
	files, err := s.list(ctx, at)
	for i := range files {
		files[i].Path = path.Base(files[i].Path)
	}
	return artifactsAnswer{Files: files}, err
}

// list returns what is in a folder; of a file nothing, as MLflow does.
func (s *Server) list(ctx context.Context, at place) ([]fileInfo, error) {
	all, err := s.kept(ctx, at)
	if err != nil {
		return nil, err
	}
	found := map[string]fileInfo{}
	for _, a := range all {
		if a.Path == at.path && a.Tree.IsZero() {
			continue
		}
		if err := s.addTo(found, a, at.path); err != nil {
			return nil, err
		}
	}
	if len(all) == 0 && at.path != "" {
		if err := s.addFromTrees(ctx, found, at); err != nil {
			return nil, err
		}
	}
	files := make([]fileInfo, 0, len(found))
	for _, f := range found {
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b fileInfo) int { return cmp.Compare(a.Path, b.Path) })
	return files, nil
}

// addTo adds what of an artifact is in a folder.
func (s *Server) addTo(found map[string]fileInfo, a index.Artifact, folder string) error {
	if a.Path == folder {
		lines, err := s.tree(a.Tree)
		for _, l := range lines {
			p := path.Join(folder, l.Name)
			found[p] = fileInfo{Path: p, Folder: l.Type == "folder", Size: integer(l.Size)}
		}
		return err
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(a.Path, folder), "/")
	name, _, deeper := strings.Cut(rest, "/")
	p := path.Join(folder, name)
	if deeper || !a.Tree.IsZero() {
		found[p] = fileInfo{Path: p, Folder: true}
	} else {
		found[p] = fileInfo{Path: p, Size: integer(a.Bytes)}
	}
	return nil
}

// treeLine is a line of a tree: what is in a folder that was kept as a whole (see FORMAT.md).
type treeLine struct {
	Name   string         `json:"name"`
	Type   string         `json:"type"`
	Size   int64          `json:"size"`
	Digest tracker.Digest `json:"digest"`
	Tree   tracker.Digest `json:"tree"`
}

func (s *Server) tree(d tracker.Digest) (lines []treeLine, err error) {
	text, err := s.Blobs.Get(d)
	if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(text) {
		var l treeLine
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, fail(Internal, "read folder %s: %v", d, err)
		}
		if l.Name != "" && (!l.Digest.IsZero() || l.Type == "folder") {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// addFromTrees adds what is in a folder within one that was kept as a whole.
func (s *Server) addFromTrees(ctx context.Context, found map[string]fileInfo, at place) error {
	l, err := s.inTrees(ctx, at)
	if err != nil || l.Type != "folder" || l.Tree.IsZero() {
		return err
	}
	return s.addTo(found, index.Artifact{Path: at.path, Tree: l.Tree}, at.path)
}

// inTrees finds a file or folder within a folder that was kept as a whole. The zero line says that there is none.
func (s *Server) inTrees(ctx context.Context, at place) (treeLine, error) {
	all, err := s.kept(ctx, place{run: at.run})
	if err != nil {
		return treeLine{}, err
	}
	for _, a := range all {
		rest, below := strings.CutPrefix(at.path, a.Path+"/")
		if !below || a.Tree.IsZero() {
			continue
		}
		l := treeLine{Type: "folder", Tree: a.Tree}
		for name := range strings.SplitSeq(rest, "/") {
			lines, err := s.tree(l.Tree)
			if err != nil {
				return treeLine{}, err
			}
			i := slices.IndexFunc(lines, func(l treeLine) bool { return l.Name == name })
			if i < 0 {
				return treeLine{}, nil
			}
			l = lines[i]
		}
		return l, nil
	}
	return treeLine{}, nil
}

package gopls

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// maxWatched bounds the files that are looked at before a request; it takes about a millisecond per
// thousand.
const maxWatched = 10_000

// stamps are files on disk with what shows that they changed.
type stamps map[string]stamp

type stamp struct {
	size int64
	time time.Time
}

// refresh tells gopls which Go files and module files under paths changed on disk since the last time.
// A program may have written them, or `go get`; gopls itself watches nothing.
func (s *server) refresh(ctx context.Context, paths []string) error {
	now := stampsOf(paths)
	if events := now.changes(s.seen); len(events) > 0 {
		params := map[string]any{"changes": events}
		if err := s.conn.notify(ctx, "workspace/didChangeWatchedFiles", params); err != nil {
			return err
		}
	}
	s.seen = now
	return nil
}

// changes lists what differs from before in now.
func (now stamps) changes(before stamps) (events []lspFileEvent) {
	const created, changed, deleted = 1, 2, 3
	for path, stamp := range now {
		if was, ok := before[path]; !ok {
			events = append(events, lspFileEvent{uriOf(path), created})
		} else if was != stamp {
			events = append(events, lspFileEvent{uriOf(path), changed})
		}
	}
	for path := range before {
		if _, watched := now[path]; !watched && gone(path) {
			events = append(events, lspFileEvent{uriOf(path), deleted})
		}
	}
	return events
}

// gone tells a file that was deleted from one that is no longer looked at.
func gone(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func stampsOf(paths []string) stamps {
	found := stamps{}
	for _, root := range paths {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // gone or not ours to read: not a file that gopls can see
			case len(found) >= maxWatched:
				return fs.SkipAll
			case entry.IsDir() && path != root && ignored(entry.Name()):
				return fs.SkipDir
			case matters(entry.Name()):
				found.add(path)
			}
			return nil
		})
	}
	return found
}

func (s stamps) add(path string) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		s[path] = stamp{info.Size(), info.ModTime()}
	}
}

// ignored folders are those that the go command ignores too.
func ignored(name string) bool {
	return name[0] == '.' || name[0] == '_' || name == "testdata" || name == "node_modules"
}

func matters(name string) bool {
	switch name {
	case "go.mod", "go.sum", "go.work", "go.work.sum":
		return true
	}
	return filepath.Ext(name) == ".go"
}

package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker"
)

// Artifact keeps a file, a folder or a text with the session's run.
func (h *magicHost) Artifact(ctx context.Context, a magics.Artifact) (string, error) {
	if !h.logs() {
		return "", errNoRun
	}
	if err := h.recorder.Flush(ctx); err != nil { // the ledger is there now
		return "", err
	}
	k := &keeping{sessionRun: h.run, ctx: ctx, execution: h.session.Current(), screen: h.screener(nil)}
	said, err := k.keep(a)
	if err != nil {
		return said, fmt.Errorf("keep artifact: %w", err)
	}
	return said, nil
}

// keeping is what one call keeps.
type keeping struct {
	*sessionRun
	ctx       context.Context
	execution tracker.ID
	screen    tracker.Screen
	kept      []tracker.ArtifactLogged
	missing   []string // why files are not kept
	screened  []string // what is told of those that held secrets
}

// keep stores bytes, makes them durable and then records them: garbage collection waits until all is recorded.
func (k *keeping) keep(a magics.Artifact) (said string, err error) {
	release, err := k.bulk.Hold()
	if err != nil {
		return "", err
	}
	defer release()
	if a.Path == "" {
		err = k.put(a.As, or(a.Type, "text"), "text/plain", strings.NewReader(a.Text))
	} else {
		err = k.path(a.As, a.Path, or(a.Type, "file"))
	}
	if err == nil && len(k.kept) == 0 && len(k.missing) == 0 {
		err = fmt.Errorf("%s holds no files", a.Path)
	}
	if err == nil {
		err = k.bulk.Sync()
	}
	if err != nil {
		return "", err
	}
	return k.record()
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// record tells of what is stored.
func (k *keeping) record() (said string, err error) {
	k.poll(k.ctx)
	k.mu.Lock()
	run, size := k.beginHere(k.execution, k.now()), int64(0)
	k.mu.Unlock()
	for _, e := range k.kept {
		e.Run, size = run, size+e.Bytes
		k.next.Record(e)
	}
	if len(k.kept) > 0 {
		said = fmt.Sprintf("kept %s, %s, with run %s", k.named(), humanBytes(size), run.Short())
	}
	for _, why := range k.missing {
		k.next.Record(tracker.Gap{Session: k.session, Execution: k.execution, Time: k.now(), Reason: "artifact " + why})
	}
	for _, what := range k.screened {
		said += "\n" + oneLine(what)
		k.next.Record(tracker.Gap{Session: k.session, Execution: k.execution, Time: k.now(), Reason: what})
	}
	if err := k.next.Flush(k.ctx); err != nil { // while the hold lasts
		return said, err
	}
	if len(k.missing) > 0 {
		err = fmt.Errorf("%s could not be read: %s", count(len(k.missing), "file", "files"), k.missing[0])
	}
	return said, err
}

// named says what was kept: a file by its name.
func (k *keeping) named() string {
	if len(k.kept) == 1 {
		return oneLine(k.kept[0].Path)
	}
	return count(len(k.kept), "file", "files")
}

// path keeps a file, or a folder with all that is in it.
func (k *keeping) path(as, name, kind string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if as = path.Clean(filepath.ToSlash(or(as, filepath.Base(name)))); !fs.ValidPath(as) || as == "." {
		return fmt.Errorf("%s has no name that a run could have: --as NAME gives it one", name)
	}
	if !info.IsDir() {
		return k.file(as, name, kind)
	}
	return filepath.WalkDir(name, func(at string, d fs.DirEntry, err error) error {
		if k.ctx.Err() != nil {
			return k.ctx.Err()
		}
		inner, relErr := filepath.Rel(name, at)
		if relErr != nil {
			return relErr
		}
		if err == nil && d.IsDir() && at != name && (inLedger(at, k.ledger) || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if err == nil && !d.IsDir() {
			err = k.file(path.Join(as, filepath.ToSlash(inner)), at, kind)
		}
		if err != nil && k.ctx.Err() == nil {
			k.missing = append(k.missing, fmt.Sprintf("%s: %v", at, err))
			return nil
		}
		return err
	})
}

// inLedger reports whether a folder is the ledger that is written meanwhile.
func inLedger(folder, ledger string) bool {
	a, errA := os.Stat(folder)
	b, errB := os.Stat(ledger)
	return errA == nil && errB == nil && os.SameFile(a, b)
}

// file keeps one regular file. Others (pipes, devices) have no bytes to keep.
func (k *keeping) file(as, name, kind string) error {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", filepath.Base(name))
	}
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return k.put(as, kind, "", f)
}

func (k *keeping) put(as, kind, media string, r io.Reader) error {
	r, secrets, err := tracker.ScreenArtifact(interrupted{k.ctx, r}, kind, k.screen)
	if err != nil {
		return err
	}
	if secrets > 0 {
		k.screened = append(k.screened, tracker.Screened(as, secrets))
	}
	d, size, err := k.bulk.PutReader(r)
	if err != nil {
		return err
	}
	k.kept = append(k.kept, tracker.ArtifactLogged{Session: k.session, Execution: k.execution, Time: k.now(), Path: as, Kind: kind, Media: media, Artifact: d, Files: 1, Bytes: size})
	return nil
}

// interrupted is a reader that ends when the cell is interrupted.
type interrupted struct {
	ctx context.Context
	io.Reader
}

func (i interrupted) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.Reader.Read(p)
}

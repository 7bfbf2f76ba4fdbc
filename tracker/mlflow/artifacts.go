package mlflow

import (
	"context"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// exists says whether the run, or the logged model, of a place is there and may be written to.
func (s *Server) exists(ctx context.Context, at place) error {
	if at.model != "" {
		_, err := s.loggedVersion(ctx, at.model, false)
		return err
	}
	_, unlock, err := s.activeRun(ctx, at.run.String())
	if err == nil {
		unlock()
	}
	return err
}

// upload stores an artifact as its bytes come. Nothing is recorded when they end too early.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) error {
	at, err := parsePlace(r.PathValue("path"))
	if err != nil {
		return err
	}
	if at.path == "" {
		return invalid("Invalid path: %q is a folder.", r.PathValue("path"))
	}
	if err := s.exists(r.Context(), at); err != nil {
		return err
	}
	if err := s.writable(r.Context()); err != nil {
		return err
	}
	file, err := spool(r.Body)
	if err != nil {
		return err
	}
	defer discard(file)
	if err := s.keep(r.Context(), file, at); err != nil {
		return err
	}
	return encode(w, nothing{})
}

// spool writes a body into a temporary file, read from its start: nobody else waits for a client that sends slowly.
func spool(body io.Reader) (*os.File, error) {
	file, err := os.CreateTemp("", "gemba-upload-*")
	if err != nil {
		return nil, fail(Unavailable, "%v", err)
	}
	source := &sender{Reader: body}
	if _, err = io.Copy(file, source); err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	switch {
	case source.failed != nil:
		err = fail(BadRequest, "The artifact could not be stored whole: %v", source.failed)
	case err != nil:
		err = fail(Unavailable, "%v: free disk space in the folder for temporary files, or set TMPDIR to another one", err)
	default:
		return file, nil
	}
	discard(file)
	return nil, err
}

// sender remembers how a client failed, to tell that from a disk that does.
type sender struct {
	io.Reader
	failed error
}

func (s *sender) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != io.EOF {
		s.failed = err
	}
	return n, err
}

func discard(file *os.File) {
	_, _ = file.Close(), os.Remove(file.Name()) // the system removes what stays
}

// keep stores a file and records whose it is.
func (s *Server) keep(ctx context.Context, file *os.File, at place) error {
	release, err := s.Keep.Hold()
	if err != nil {
		return fail(Unavailable, "%v", err)
	}
	defer release()
	digest, size, err := s.Keep.PutReader(file)
	if err != nil {
		return fail(Unavailable, "The artifact could not be stored: %v", err)
	}
	if err := s.Keep.Sync(); err != nil {
		return fail(Unavailable, "%v", err)
	}
	return s.record(ctx, tracker.ArtifactLogged{Run: at.run, Time: s.clock.tell(), Path: at.path, Kind: "file", Media: mediaType(at.path), Artifact: digest,
		Files: 1, Bytes: size})
}

// mediaType is what a file's name says of its content. What MLflow takes for text is text.
func mediaType(name string) string {
	ending := strings.ToLower(path.Ext(name))
	switch base := path.Base(name); {
	case base == "MLmodel" || base == "MLproject":
		return "text/plain"
	case strings.Contains(" .txt .log .err .cfg .conf .cnf .cf .ini .properties .prop .hocon .toml .yaml .yml .xml .json .js .py .py3 .csv .tsv .md .rst .jsonnet ", " "+ending+" "):
		return "text/plain"
	}
	if media := mime.TypeByExtension(ending); media != "" {
		return media
	}
	return "application/octet-stream"
}

// remove takes an artifact, or all below a folder, away. What it took is still in the ledger.
func (s *Server) remove(w http.ResponseWriter, r *http.Request) error {
	at, err := parsePlace(r.PathValue("path"))
	if err != nil {
		return err
	}
	if err := s.exists(r.Context(), at); err != nil {
		return err
	}
	all, err := s.kept(r.Context(), at)
	if err != nil {
		return err
	}
	if len(all) == 0 && at.path != "" {
		return fail(DoesNotExist, "No artifact at %q.", at.path)
	}
	var events []tracker.Event
	for _, a := range all {
		events = append(events, tracker.ArtifactLogged{Run: at.run, Time: s.clock.tell(), Path: a.Path, Kind: a.Kind, Removed: true})
	}
	if err := s.record(r.Context(), events...); err != nil {
		return err
	}
	return encode(w, nothing{})
}

// kept returns the artifacts at a place and below.
func (s *Server) kept(ctx context.Context, at place) (list []index.Artifact, err error) {
	if err := s.upToDate(ctx); err != nil {
		return nil, err
	}
	all, err := s.Index.Artifacts(ctx, at.run, "")
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if at.path == "" || a.Path == at.path || strings.HasPrefix(a.Path, at.path+"/") {
			list = append(list, a)
		}
	}
	return list, nil
}

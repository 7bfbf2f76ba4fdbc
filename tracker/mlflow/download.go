package mlflow

import (
	"context"
	"io"
	"mime"
	"net/http"
	"path"
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
)

func (s *Server) download(w http.ResponseWriter, r *http.Request) error {
	at, err := parsePlace(r.PathValue("path"))
	if err != nil {
		return err
	}
	return s.send(w, r, at)
}

func (s *Server) getArtifact(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	id, err := parseRun(runID{q.Get("run_id"), q.Get("run_uuid")}.id())
	if err != nil {
		return err
	}
	at := place{run: id}
	if at.path, err = checkPath(q.Get("path")); err != nil {
		return err
	}
	if _, err := s.indexedRun(r.Context(), id); err != nil {
		return err
	}
	return s.send(w, r, at)
}

func (s *Server) getVersionArtifact(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v, err := s.modelVersion(r.Context(), q.Get("name"), q.Get("version"))
	if err != nil {
		return err
	}
	return s.sendBelow(w, r, storageOf(v), q.Get("path"))
}

func (s *Server) getLoggedArtifact(w http.ResponseWriter, r *http.Request) error {
	v, err := s.loggedVersion(r.Context(), r.PathValue("model_id"), false)
	if err != nil {
		return err
	}
	return s.sendBelow(w, r, v.Source, r.URL.Query().Get("artifact_file_path"))
}

// sendBelow answers with the bytes of a file below an address.
func (s *Server) sendBelow(w http.ResponseWriter, r *http.Request, address, file string) error {
	if err := required("path", file); err != nil {
		return err
	}
	file, err := checkPath(file)
	if err != nil {
		return err
	}
	at, err := parseURI(address)
	if err != nil {
		return err
	}
	at.path = path.Join(at.path, file)
	return s.send(w, r, at)
}

// send answers with the bytes of an artifact, as a file to store and never as a page of this server. When they are
// damaged the connection is cut: a client must not take the beginning for the whole.
func (s *Server) send(w http.ResponseWriter, r *http.Request, at place) error {
	digest, err := s.digestOf(r.Context(), at)
	if err != nil {
		return err
	}
	body, size, err := s.Blobs.Open(digest)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was only read
	h := w.Header()
	h.Set("Content-Type", mediaType(at.path))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(at.path)}))
	h.Set("ETag", `"`+digest.String()+`"`)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	if r.Method == http.MethodHead {
		return nil
	}
	if _, err := io.Copy(w, body); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// digestOf returns the digest of the artifact at a place.
func (s *Server) digestOf(ctx context.Context, at place) (tracker.Digest, error) {
	list, err := s.kept(ctx, at)
	if err != nil {
		return tracker.Digest{}, err
	}
	for _, a := range list {
		if a.Path == at.path && !a.Digest.IsZero() {
			return a.Digest, nil
		}
	}
	if len(list) > 0 {
		return tracker.Digest{}, invalid("Artifact path refers to a directory, not a file: '%s'", at.path)
	}
	l, err := s.inTrees(ctx, at)
	if err != nil {
		return tracker.Digest{}, err
	}
	if l.Digest.IsZero() {
		return tracker.Digest{}, fail(DoesNotExist, "No artifact at '%s'.", at.path)
	}
	return l.Digest, nil
}

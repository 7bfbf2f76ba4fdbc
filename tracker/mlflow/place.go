package mlflow

import (
	"net/url"
	"path"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// climbs reports whether a path leads out of its folder, however often it was escaped.
func climbs(p string) bool {
	for range 10 {
		for part := range strings.SplitSeq(p, "/") {
			if part == ".." {
				return true
			}
		}
		plain, err := url.PathUnescape(p)
		if err != nil || plain == p {
			return false
		}
		p = plain
	}
	return true // who escapes so often means no good
}

// checkPath returns the name of an artifact within its run, without a slash at its end. The empty one is the run's folder.
func checkPath(p string) (string, error) {
	clean := strings.TrimSuffix(p, "/")
	switch {
	case strings.ContainsAny(p, "\x00\\#"), strings.HasPrefix(p, "/"), climbs(p), len(p) > maxPath:
		return "", invalid("Invalid path: %.200q. A path is relative, with slashes, and leads into its run.", p)
	case clean != "" && path.Clean(clean) != clean, len(clean) > 1 && clean[1] == ':', strings.HasPrefix(clean, "file:"):
		return "", invalid("Invalid path: %.200q. Write it without '.', empty parts and drives.", p)
	}
	return clean, nil
}

// maxPath bounds the name of an artifact, in bytes.
const maxPath = 2048

// place is where an artifact is: whose it is, and its name there.
type place struct {
	run   tracker.ID
	model string // id of the logged model whose it is; empty: it is the run's
	path  string
}

// parsePlace reads a proxied path: FOLDERS/RUN/artifacts/PATH or FOLDERS/models/MODEL/artifacts/PATH. The folders are the
// experiment's; an artifact belongs to its run, whatever they are.
func parsePlace(proxied string) (place, error) {
	proxied, err := checkPath(strings.TrimPrefix(proxied, "/"))
	if err != nil {
		return place{}, err
	}
	parts := strings.Split(proxied, "/")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "artifacts" {
			continue
		}
		text, model := parts[i-1], ""
		if digits, isModel := strings.CutPrefix(text, "m-"); isModel && i > 1 && parts[i-2] == "models" {
			text, model = digits, text
		}
		if id, err := tracker.ParseID(text); err == nil && !id.IsZero() {
			name, err := checkPath(strings.Join(parts[i+1:], "/"))
			return place{id, model, name}, err
		}
	}
	return place{}, invalid("Invalid path: %.200q names no run. Artifacts are below EXPERIMENT/RUN/artifacts.", proxied)
}

// parseURI is parsePlace for an address such as mlflow-artifacts:/0/RUN/artifacts/model.
func parseURI(address string) (place, error) {
	u, err := url.Parse(address)
	if err != nil {
		return place{}, invalid("Invalid artifact address %.200q: %v", address, err)
	}
	p := u.Path
	if _, behind, found := strings.Cut(p, "/mlflow-artifacts/artifacts/"); found && u.Scheme != "mlflow-artifacts" {
		return parsePlace(behind)
	}
	if u.Scheme != "mlflow-artifacts" {
		return place{}, invalid("The artifacts at %.200q are not kept by this server.", address)
	}
	return parsePlace(p)
}

package cli

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/secrets"
)

// surroundings finds out, once and for all who ask, what cells run on.
type surroundings func() (environ.Environment, error)

// surroundings looks at this machine for a project; nothing is looked at before it is called, which must not be before
// the recorder of the session, if there is one, is open. An engine other than the Go engine tells of itself; nil is that one.
func (a *app) surroundings(project settings.Settings, engine func(*environ.Options)) surroundings {
	return sync.OnceValues(func() (environ.Environment, error) {
		o := environ.Options{
			Gemba: buildVersion().Version, Engine: "go", Variables: project.Variables, Cache: cacheDir(),
			Plugins: func() []string { return build.Plugins(os.Environ()) }, Screen: a.variableScreen(),
		}
		if engine != nil {
			engine(&o)
		}
		return environ.Capture(context.Background(), o)
	})
}

// variableScreen takes secrets out of variables. What it writes instead is the same for all: a lock is read elsewhere too.
func (a *app) variableScreen() func(name, value string) string {
	s := a.secrets
	if s == nil { // nothing is recorded, as when a lock is written
		s = secrets.New(secrets.Options{})
		s.RememberEnvironment(os.Environ())
	}
	return func(name, value string) string {
		if len(s.Text([]byte(name+"="+value))) > 0 {
			return "(secret)"
		}
		return value
	}
}

// event is what a session's recorder asks; it adds the session.
func (s surroundings) event(now func() time.Time) func(context.Context) (tracker.EnvironmentCaptured, error) {
	return func(ctx context.Context) (tracker.EnvironmentCaptured, error) {
		at := now()
		found, err := s.within(ctx)
		return found.Event(tracker.ID{}, at), err
	}
}

// within waits no longer than ctx for what is found out.
func (s surroundings) within(ctx context.Context) (found environ.Environment, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		found, err = s()
	}()
	select {
	case <-done:
		return found, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// cacheDir is gemba's folder in the user's cache, empty where there is none.
func cacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(base, "gemba")
}

// projectDir is where a project's gemba.json lies: the root of the git repository that holds dir, else dir.
func projectDir(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	for at := abs; ; at = filepath.Dir(at) {
		if exists(filepath.Join(at, ".git")) {
			return at
		}
		if at == filepath.Dir(at) {
			return abs
		}
	}
}

// project reads the settings for what happens in dir. Wrong ones are told of, and cells run by the defaults.
func (a *app) project(dir string) settings.Settings {
	project, err := settings.Load(projectDir(dir))
	if err != nil {
		a.warn("%v", err)
	}
	return project
}

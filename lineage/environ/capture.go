package environ

import (
	"context"
	"io/fs"
	"os"
	"time"
)

// Options are what the caller knows, and where to look.
type Options struct {
	Gemba         string                          // version of this program
	Engine        string                          // what executes cells, such as "go"
	EngineVersion string                          //
	Go            string                          // the go command; empty: the one on the PATH
	Env           []string                        // as os.Environ gives it; nil: this process's own
	Variables     []string                        // names recorded beside the standard ones, or patterns as in GOMLX_*
	Screen        func(name, value string) string // takes secrets out of a variable's value; nil: nothing is taken out
	Plugins       func() []string                 // files of the PJRT plugins that cells would find; nil: there are none
	Python        *Python                         // what executes cells, when that is a Python; nil: it is none
	Cache         string                          // folder that keeps digests of large files; empty: they are always computed
}

// toolTime is how long a tool that is asked may take.
const toolTime = 10 * time.Second

// look is one capture at work.
type look struct {
	Options
	ctx    context.Context
	system fs.FS // the root of the file system
	facts  facts
}

// sources are where facts come from.
var sources = []func(*look){
	(*look).versions,
	(*look).toolchain,
	(*look).python,
	(*look).compute,
	(*look).operatingSystem,
	(*look).processor,
	(*look).memory,
	(*look).limits,
	(*look).devices,
	(*look).locale,
	(*look).variables,
}

// Capture looks at the environment of this process. It runs the go command and, on a machine with NVIDIA's driver,
// nvidia-smi, so it is for the background. What cannot be known is a fact missing.NAME that says why; only
// the end of ctx is an error.
func Capture(ctx context.Context, o Options) (Environment, error) {
	return capture(ctx, o, os.DirFS("/"))
}

func capture(ctx context.Context, o Options, system fs.FS) (Environment, error) {
	if o.Env == nil {
		o.Env = os.Environ()
	}
	l := &look{Options: o, ctx: ctx, system: system, facts: facts{}}
	for _, source := range sources {
		source(l)
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
	}
	return l.facts.environment(), nil
}

func (l *look) versions() {
	l.facts.set("gemba.version", l.Gemba)
	l.facts.set("engine.name", l.Engine)
	l.facts.set("engine.version", l.EngineVersion)
}

// text returns what a small file of the system holds, empty when it cannot be read.
func (l *look) text(path string) string {
	b, _ := fs.ReadFile(l.system, path) // what is not there tells nothing
	return string(b)
}

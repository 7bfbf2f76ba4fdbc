package track

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Variable is the environment variable by which gemba tells a program, and the programs that it starts, where they are:
// JSON of a Place.
const Variable = "GEMBA_TRACK"

// Place is where a program logs, as gemba tells it.
type Place struct {
	Folder     string `json:"folder"`         // of track logs
	Run        string `json:"run,omitempty"`  // that the session has opened, or will with the first thing logged
	Name       string `json:"name,omitempty"` // of that run
	Session    string `json:"session,omitempty"`
	Execution  string `json:"execution,omitempty"`
	Experiment string `json:"experiment,omitempty"` // its name
	Notebook   string `json:"notebook,omitempty"`
	Live       string `json:"live,omitempty"` // a file with the Place of now, for a program that outlives cells
}

// now returns what the file Live says, or the place itself where that cannot be read.
func (p Place) now() Place {
	text, err := os.ReadFile(p.Live)
	if live := (Place{}); err == nil && json.Unmarshal(text, &live) == nil && live.Folder != "" {
		return live
	}
	return p
}

// program is this program and its log.
type program struct {
	Place

	once  sync.Once
	log   *log
	fault error
	first *Run // of Here
	mu    sync.Mutex
	got   map[string]string // ids of the kept values that it got, by name
}

// here is this program and where it is; it is found out once.
var here = sync.OnceValue(func() *program {
	var p Place
	if text := os.Getenv(Variable); text != "" && json.Unmarshal([]byte(text), &p) == nil && p.Folder != "" {
		return &program{Place: p.now()}
	}
	return &program{Place: Place{Folder: filepath.Join(ledger(), "track")}}
})

// Here is the run that this program belongs to: in a cell, that of the notebook's session, which opens by itself with the
// first thing that is logged; elsewhere one that Here opens.
func Here() *Run {
	p := here()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil {
		var options []Option
		if p.Run != "" {
			options = append(options, Resume(p.Run))
		}
		p.first = Start(p.Name, options...)
	}
	return p.first
}

// open adds a run to this program's log.
func (p *program) open(o opened) *Run {
	p.once.Do(func() {
		if p.log, p.fault = openLog(p.Folder); p.fault != nil {
			fmt.Fprintf(os.Stderr, "gemba: what this program logs is not kept: %v\n", p.fault) // nothing else can tell of it
		}
	})
	r := &Run{id: o.Run, folder: p.Folder, fault: p.fault}
	text, err := json.Marshal(o)
	if p.log == nil || err != nil {
		return r
	}
	if r.number = p.log.open(text); r.number != lostRun {
		r.log = p.log
	}
	return r
}

// source is what the user would call this program.
func (p *program) source() string {
	if p.Notebook != "" {
		return p.Notebook
	}
	return os.Args[0]
}

// ledger is the folder of the ledger, as every gemba finds it: what GEMBA_LEDGER says, else .gemba at the root of
// the git repository, else in the working directory.
func ledger() string {
	if dir := os.Getenv("GEMBA_LEDGER"); dir != "" {
		return dir
	}
	begin, err := os.Getwd()
	if err != nil {
		begin = "."
	}
	for dir := begin; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return filepath.Join(dir, ".gemba")
		}
		if dir == filepath.Dir(dir) {
			return filepath.Join(begin, ".gemba")
		}
	}
}

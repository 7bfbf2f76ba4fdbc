package kept

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// folder is where the values are in the folder of a session's track logs (FORMAT.md has the files).
const folder = "kept"

// Watcher watches the values of one session. Its methods are called by one goroutine.
type Watcher struct {
	dir     string
	running started
	makers  map[tracker.ID]maker // of the values that are there, by execution
}

// started is what is known of a cell before it has run.
type started struct {
	execution tracker.ID
	cell      string
	source    string
}

// maker is a cell execution that kept values.
type maker struct {
	started
	code declarations // that its program reached
}

// New watches the values beside the track logs in a folder, which need not exist.
func New(logs string) *Watcher {
	return &Watcher{dir: filepath.Join(logs, folder), makers: map[tracker.ID]maker{}}
}

// Started takes note of the cell that begins.
func (w *Watcher) Started(e tracker.CellStarted) {
	w.running = started{e.Execution, e.CellID, e.Source}
}

// Finished marks what a cell has made stale, and takes note of what it kept. Where nothing is kept, it costs one look at a folder
// that is not there. An error leaves values unmarked.
func (w *Watcher) Finished(e tracker.CellFinished) error {
	values, err := w.values()
	if len(values) == 0 || err != nil {
		return err
	}
	now := parse(e.Program)
	makers := map[tracker.ID]maker{}
	for _, v := range values {
		if v.Execution == e.Execution {
			makers[e.Execution] = maker{w.running, now.reached()}
			continue
		}
		m, known := w.makers[v.Execution]
		if !known {
			continue // it was kept before this program watched
		}
		makers[v.Execution] = m
		if reason := m.outdated(w.running, now); reason != "" {
			err = errors.Join(err, write(filepath.Join(w.dir, v.ID+".stale"), []byte(reason)))
		}
	}
	if _, keeps := makers[e.Execution]; keeps {
		err = errors.Join(err, w.inputs(e))
	}
	w.makers = makers
	return err
}

// outdated returns why what a cell kept is not what it would keep now, nothing when it is: running is the cell that has
// just run, and now its program.
func (m maker) outdated(running started, now declarations) string {
	if m.cell != "" && running.cell == m.cell && running.source != m.source {
		return "the cell that kept it has run with other code since, and did not keep it"
	}
	if name := m.code.changed(now); name != "" {
		return name + ", which the cell that kept it uses, has changed"
	}
	return ""
}

// value is what the first line of a kept value tells that matters here.
type value struct {
	ID        string     `json:"id"`
	Execution tracker.ID `json:"execution"`
}

func (w *Watcher) values() (all []value, err error) {
	files, _ := filepath.Glob(filepath.Join(w.dir, "*.value")) // the pattern is right
	for _, file := range files {
		v, one := readHead(file)
		if one != nil {
			err = errors.Join(err, fmt.Errorf("read kept value: %w", one))
			continue
		}
		all = append(all, v)
	}
	return all, err
}

func readHead(file string) (v value, err error) {
	f, err := os.Open(file)
	if err != nil {
		return v, err
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &v)
	}
	return v, err
}

// input is a file that a cell read, as it was.
type input struct {
	Path    string    `json:"path"`
	Size    int64     `json:"size"`
	ModTime time.Time `json:"mod_time"`
}

// maxInputs bounds the files that are looked at whenever a value is got.
const maxInputs = 1000

// inputs writes down which files the cell read: those that it opened and left as they were.
func (w *Watcher) inputs(e tracker.CellFinished) error {
	var in struct {
		Files []input `json:"files"`
	}
	for _, o := range e.Seen.Opened {
		if !o.Existed || o.Unlooked || w.ours(o.Path) || len(in.Files) == maxInputs {
			continue
		}
		info, err := os.Stat(o.Path)
		if err == nil && info.Mode().IsRegular() && info.Size() == o.Size && info.ModTime().Equal(o.ModTime) {
			in.Files = append(in.Files, input{o.Path, o.Size, o.ModTime})
		}
	}
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	return write(filepath.Join(w.dir, e.Execution.String()+".inputs"), text)
}

// ours reports whether a file is none of the user's.
func (w *Watcher) ours(path string) bool {
	for _, dir := range []string{filepath.Dir(w.dir), "/proc", "/sys", "/dev"} {
		if strings.HasPrefix(path, dir+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// write replaces a file at once. It need not survive a power cut: the session does not.
func write(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("mark kept value: %w", err)
	}
	return nil
}

// Close removes all values: their session is over.
func (w *Watcher) Close() error { return Remove(filepath.Dir(w.dir)) }

// Remove removes the values beside track logs.
func Remove(logs string) error { return os.RemoveAll(filepath.Join(logs, folder)) }

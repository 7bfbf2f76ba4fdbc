package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// plotFile is the name under which GoMLX v0.28.2 (ui/plot, TrainingPlotFileName) appends what it draws of a training: a JSON object
// of plotPoint for each point.
const plotFile = "training_plot_points.json"

type plotPoint struct {
	MetricName string
	Step       float64
	Value      *float64 // required: what has none is no point
}

// plots takes the points that a session's cells let GoMLX write, each once: those that are in a file behind where it ended
// before the cell, or where it was last read.
type plots struct {
	mu      sync.Mutex
	written []plotsOf
	read    map[string]mark
}

// plotsOf is a file as a cell found it.
type plotsOf struct {
	path      string
	execution tracker.ID
	fresh     bool  // there was none
	before    int64 // how long it was, in bytes
}

// mark is how far a file was read.
type mark struct {
	file os.FileInfo
	end  int64
}

// opened takes note of the files of points that a cell opened, and reports whether there are any.
func (p *plots) opened(e tracker.CellFinished) (some bool) {
	for _, o := range e.Seen.Opened {
		if filepath.Base(o.Path) != plotFile {
			continue
		}
		p.mu.Lock()
		p.written = append(p.written, plotsOf{o.Path, e.Execution, !o.Unlooked && !o.Existed, o.Size})
		p.mu.Unlock()
		some = true
	}
	return some
}

// take returns what was taken note of since the last time.
func (p *plots) take() []plotsOf {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.written
	p.written = nil
	return all
}

// maxPlotFile is how much of a file of points is read at once, in bytes: some hundred thousand points.
const maxPlotFile = 64 << 20

// next reads the points that a file gained, and how many of its lines are none.
func (p *plots) next(w plotsOf, now time.Time) (points []tracker.Metric, bad int, err error) {
	f, err := os.Open(w.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, 0, nil // the cell removed it
	}
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	from := p.from(w, info)
	points, bad, end, err := readPoints(io.NewSectionReader(f, from, min(info.Size()-from, maxPlotFile)), now)
	if p.read == nil {
		p.read = map[string]mark{}
	}
	p.read[w.path] = mark{info, from + end}
	return points, bad, err
}

// from returns where in a file begins what is new.
func (p *plots) from(w plotsOf, now os.FileInfo) int64 {
	from := w.before
	if last, known := p.read[w.path]; known && os.SameFile(last.file, now) {
		from = last.end
	}
	if w.fresh || from > now.Size() {
		return 0 // it was written anew
	}
	return from
}

// readPoints reads whole lines of points, and tells how many bytes they are.
func readPoints(r io.Reader, now time.Time) (points []tracker.Metric, bad int, end int64, err error) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return points, bad, end, nil // half a line is read when it is whole
		}
		if err != nil {
			return points, bad, end, err
		}
		end += int64(len(line))
		var p plotPoint
		if json.Unmarshal(line, &p) != nil || p.Value == nil || p.MetricName == "" {
			if len(bytes.TrimSpace(line)) > 0 {
				bad++
			}
			continue
		}
		points = append(points, tracker.Metric{Key: p.MetricName, Value: *p.Value, Step: int64(math.Round(p.Step)), Time: now.UnixNano()})
	}
}

// logPlots logs to the session's run what its cells let GoMLX write down.
func (r *sessionRun) logPlots() {
	for _, w := range r.plots.take() {
		now := r.now()
		points, bad, err := r.plots.next(w, now)
		if bad > 0 {
			err = errors.Join(err, fmt.Errorf("%d lines are no points", bad))
		}
		if err != nil {
			r.next.Record(tracker.Gap{Session: r.session, Execution: w.execution, Time: now, Reason: fmt.Sprintf("metrics in %s: %v", w.path, err)})
		}
		if len(points) == 0 {
			continue
		}
		r.mu.Lock()
		run := r.beginHere(w.execution, now)
		r.mu.Unlock()
		r.next.Record(tracker.RunLogged{Run: run, Session: r.session, Execution: w.execution, Time: now, Metrics: points})
	}
}

package imports

import (
	"errors"
	"path"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// W&B leaves a folder for each run that it could not, or was not to, send: offline-run-TIME-ID/{run-ID.wandb,files,logs}. A run that was
// resumed has several, and is one.

func isWandb(name string) bool { return strings.HasSuffix(name, ".wandb") }

func findsWandb(f *Folder, name string) bool {
	if isWandb(name) {
		return true
	}
	return len(wandbFiles(f, name)) > 0
}

// wandbFiles returns the logs at a name: it is one, a run's folder, the folder of runs, or one that holds that as wandb/.
func wandbFiles(f *Folder, name string) (files []string) {
	if isWandb(name) {
		return []string{name}
	}
	for _, dir := range []string{name, path.Join(name, "wandb")} {
		all, err := f.list(dir)
		if err != nil {
			return nil // told when it is read
		}
		for _, d := range all {
			at := path.Join(dir, d.Name())
			switch {
			case isWandb(d.Name()) && !d.IsDir():
				files = append(files, at)
			case d.IsDir() && (strings.HasPrefix(d.Name(), "offline-run-") || strings.HasPrefix(d.Name(), "run-")): // latest-run is a link to one
				inside, _ := f.list(at)
				for _, e := range inside {
					if isWandb(e.Name()) {
						files = append(files, path.Join(at, e.Name()))
					}
				}
			}
		}
		if len(files) > 0 {
			break
		}
	}
	return files
}

func readWandb(f *Folder, name string, _ Options, sink Sink) error {
	files := wandbFiles(f, name)
	if len(files) == 0 {
		return damaged(f.at(name), "it has no logs of W&B")
	}
	groups, order := map[string]*wandbLogs{}, []string{}
	for _, file := range files {
		key, err := wandbKey(f, file)
		if err != nil {
			if err := unless(sink, err); err != nil {
				return err
			}
			continue
		}
		if groups[key] == nil {
			groups[key] = &wandbLogs{f: f}
			order = append(order, key)
		}
		groups[key].files = append(groups[key].files, file)
	}
	for _, key := range order {
		if err := unless(sink, groups[key].read(sink)); err != nil {
			return err
		}
	}
	return nil
}

var errEnough = errors.New("enough is read")

// wandbKey tells whose log a file is.
func wandbKey(f *Folder, file string) (string, error) {
	w := newWandbRun()
	err := wandbLog(f, file, func(record []byte) error {
		if err := w.take(record); err != nil {
			return err
		}
		if w.id != "" {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return "", err
	}
	if w.id == "" {
		return "", damaged(f.at(file), "it does not tell of which run it is")
	}
	return strings.Join([]string{w.entity, w.project, w.id}, "\n"), nil
}

func newWandbRun() *wandbRun {
	return &wandbRun{config: map[string][]byte{}, summary: map[string][]byte{}, history: map[string]bool{}}
}

// wandbLog calls take for each record of a file.
func wandbLog(f *Folder, file string, take func(record []byte) error) error {
	r, err := f.Open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	n := 0
	return wandbRecords(r, f.at(file), func(record []byte) error {
		n++
		err := take(record)
		if errors.Is(err, errProto) {
			return damaged(f.at(file), "record %d: %v", n, err)
		}
		return err
	})
}

// wandbLogs are the logs of one run.
type wandbLogs struct {
	f     *Folder
	files []string
}

func (l *wandbLogs) read(sink Sink) error {
	w := newWandbRun()
	for _, file := range l.files {
		w.exited = false
		if err := wandbLog(l.f, file, w.take); err != nil {
			return err
		}
	}
	params, err := w.params(l.f.at(l.files[0]))
	if err != nil {
		return err
	}
	project := w.project
	fill(&project, "uncategorized") // W&B's own name for none
	r := Run{ID: derive("wandb", w.entity, w.project, w.id), Experiment: project, Name: w.name, Status: w.status(), Stage: tracker.Active, User: w.user, Source: w.program,
		Started: w.started, Params: params}
	fill(&r.Name, w.id)
	if w.last > 0 && w.exited {
		r.Ended = time.Unix(0, w.last).UTC()
	}
	r.Tags = append(extras("wandb.id", w.id, "wandb.entity", w.entity, "wandb.group", w.group, "wandb.job_type", w.job, "wandb.sweep", w.sweep, "wandb.host", w.host,
		"wandb.tags", strings.Join(w.tags, ", "), "git.remote", w.remote, "git.commit", w.commit), w.summaryTags()...)
	if w.notes != "" {
		r.Tags = append(r.Tags, tracker.Tag{Key: "mlflow.note.content", Value: w.notes}) // where MLflow, and what reads its tags, shows a note
	}
	if w.points {
		r.Points = l.points
	}
	if r.Files, err = l.kept(sink); err != nil {
		return err
	}
	if err := sink.Experiment(Experiment{Name: project, Stage: tracker.Active}); err != nil {
		return stop{err}
	}
	return told(sink.Run(r))
}

// status is how the run ended. One that did not say so was cut, or runs still.
func (w *wandbRun) status() tracker.RunStatus {
	switch {
	case !w.exited:
		return tracker.RunKilled
	case w.code != 0:
		return tracker.RunFailed
	}
	return tracker.RunFinished
}

// summaryTags are what of the summary no metric tells.
func (w *wandbRun) summaryTags() (tags []tracker.Tag) {
	for _, name := range sortedKeys(w.summary) {
		if strings.HasPrefix(name, "_") || w.history[name] || w.isMedia(name) || len(w.summary[name]) > maxSummary {
			continue
		}
		tags = append(tags, tracker.Tag{Key: tagPrefix + "summary." + name, Value: string(w.summary[name])})
	}
	return tags
}

// isMedia reports whether a name is a part of a picture, a table or the like, which are files.
func (w *wandbRun) isMedia(name string) bool {
	for at := strings.LastIndexByte(name, '.'); at > 0; at = strings.LastIndexByte(name[:at], '.') {
		if w.summary[name[:at]+"._type"] != nil {
			return true
		}
	}
	return false
}

// maxSummary bounds what of the summary becomes a tag, in bytes. All of it is in the log, which is kept.
const maxSummary = 4 << 10

// kept returns the files of the run, the logs among them.
func (l *wandbLogs) kept(sink Sink) (files []File, err error) {
	seen := map[string]int{}
	for _, log := range l.files {
		dir := path.Dir(log)
		own, err := l.inside(path.Join(dir, "files"), "", sink)
		if err != nil {
			return nil, err
		}
		debug, err := l.inside(path.Join(dir, "logs"), path.Join("wandb", path.Base(dir), "logs"), sink)
		if err != nil {
			return nil, err
		}
		own = append(own, debug...)
		own = append(own, l.f.file(log, path.Join("wandb", path.Base(dir), path.Base(log))))
		for _, file := range own { // of a resumed run the later files count
			if at, has := seen[file.Path]; has {
				files[at] = file
				continue
			}
			seen[file.Path] = len(files)
			files = append(files, file)
		}
	}
	return files, nil
}

// inside returns the files of a folder. W&B links to what lies elsewhere, which nobody asked to import: that is left.
func (l *wandbLogs) inside(dir, under string, sink Sink) (files []File, err error) {
	names, err := l.f.files(dir)
	for _, name := range names {
		if !l.f.has(path.Join(dir, name)) {
			sink.Left("files that are links out of " + l.f.at(dir))
			continue
		}
		files = append(files, l.f.file(path.Join(dir, name), path.Join(under, name)))
	}
	return files, err
}

// points reads the history again.
func (l *wandbLogs) points(yield func(tracker.Metric) error) error {
	for _, file := range l.files {
		err := wandbLog(l.f, file, func(record []byte) error {
			return fields(record, func(f field) error {
				if f.number != recordHistory || !f.isBytes() {
					return nil
				}
				return wandbPoints(f.bytes, yield)
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

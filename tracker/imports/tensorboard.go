package imports

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// TensorBoard's event files (https://github.com/tensorflow/tensorboard: TFRecords of Event messages): each folder that has some is a run.

func isEvents(name string) bool {
	return strings.Contains(name, ".tfevents.") && !strings.HasSuffix(name, ".profile-empty")
}

// logDepth is how deep below a folder of logs those of a run are looked for, to find out what it is.
const logDepth = 8

func findsTensorBoard(f *Folder, name string) bool {
	if isEvents(path.Base(name)) {
		return true
	}
	return f.anywhere(name, logDepth, isEvents)
}

func readTensorBoard(f *Folder, name string, _ Options, sink Sink) error {
	names := []string{""}
	base := name
	if isEvents(path.Base(name)) {
		base, names[0] = path.Dir(name), path.Base(name)
	} else {
		var err error
		if names, err = f.files(name); err != nil {
			return err
		}
	}
	folders, order := map[string][]string{}, []string{}
	for _, n := range names {
		if !isEvents(path.Base(n)) {
			continue
		}
		dir := path.Dir(n)
		if folders[dir] == nil {
			order = append(order, dir)
		}
		folders[dir] = append(folders[dir], path.Join(base, n))
	}
	if len(order) == 0 {
		return damaged(f.at(name), "it has no event files of TensorBoard")
	}
	experiment := nameOf(f, base)
	if err := sink.Experiment(Experiment{Name: experiment, Stage: tracker.Active}); err != nil {
		return stop{err}
	}
	for _, dir := range order {
		slices.SortStableFunc(folders[dir], func(a, b string) int { return strings.Compare(path.Base(a), path.Base(b)) }) // their names begin with the time
		if err := unless(sink, (&tbRun{f: f, files: folders[dir]}).read(experiment, dir, base, sink)); err != nil {
			return err
		}
	}
	return nil
}

// tbRun is the run of a folder's event files.
type tbRun struct {
	f       *Folder
	files   []string
	run     Run
	session session
	first   float64 // wall times
	last    float64
	plugins map[string]string // of tags: only the first value of one tells
	scalars bool
	other   bool // something has no other place than the file itself
	taken   map[string]int
}

func (t *tbRun) read(experiment, dir, base string, sink Sink) error {
	t.taken, t.plugins = map[string]int{}, map[string]string{}
	name := dir
	if name == "." {
		name = nameOf(t.f, base)
	}
	t.run = Run{ID: derive("tensorboard", path.Base(t.f.at(path.Join(base, dir))), path.Base(t.files[0])), Experiment: experiment, Name: name, Stage: tracker.Active, Status: tracker.RunFinished}
	for _, file := range t.files {
		if err := t.events(file, t.look); err != nil {
			return err
		}
	}
	t.run.Started, t.run.Ended = timeOf(t.first), timeOf(t.last)
	t.run.Params = t.session.params
	if t.session.status != "" {
		t.run.Status = t.session.status
	}
	if at := timeOf(t.session.begun); !at.IsZero() {
		t.run.Started = at
	}
	if at := timeOf(t.session.ended); !at.IsZero() {
		t.run.Ended = at
	}
	t.run.Tags = extras("group", t.session.group, "model_uri", t.session.model)
	if t.scalars {
		clear(t.plugins)
		t.run.Points = t.points
	}
	if t.other {
		for _, file := range t.files {
			t.run.Files = append(t.run.Files, t.f.file(file, "tensorboard/"+path.Base(file)))
		}
	}
	return told(sink.Run(t.run))
}

// events calls take for each event of a file, with the message it was read from and where in the file that is.
func (t *tbRun) events(file string, take func(file string, at int64, message []byte, e tbEvent) error) error {
	r, err := t.f.Open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	err = tfRecords(bufio.NewReaderSize(r, 1<<20), t.f.at(file), r.Size, func(at int64, message []byte) error {
		e, err := parseEvent(message)
		if err != nil {
			return damaged(t.f.at(file), "the event at byte %d: %v", at, err)
		}
		return take(file, at, message, e)
	})
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = damaged(t.f.at(file), "%v", err)
	}
	return err
}

// look takes everything but points.
func (t *tbRun) look(file string, at int64, message []byte, e tbEvent) error {
	if e.wall > 0 && (t.first == 0 || e.wall < t.first) {
		t.first = e.wall
	}
	t.last = max(t.last, e.wall)
	t.other = t.other || e.other
	for _, v := range e.values {
		if _, ok := t.scalar(v); ok {
			t.scalars = true
			continue
		}
		if err := t.value(file, at, message, e, v); err != nil {
			return damaged(t.f.at(file), "the event at byte %d: %v", at, err)
		}
	}
	return nil
}

// scalar returns a value that is one number.
func (t *tbRun) scalar(v tbValue) (float64, bool) {
	if v.isSimple {
		return v.simple, true
	}
	if v.tensor == nil || t.plugin(v) != "scalars" && t.plugin(v) != "" {
		return 0, false
	}
	tensor, err := parseTensor(v.tensor)
	if err != nil {
		return 0, false
	}
	return tensor.number()
}

// plugin returns whose a value is.
func (t *tbRun) plugin(v tbValue) string {
	if v.hasPlug {
		t.plugins[v.tag] = v.plugin
	}
	return t.plugins[v.tag]
}

// value takes a value that is no number.
func (t *tbRun) value(file string, at int64, message []byte, e tbEvent, v tbValue) error {
	switch plugin := t.plugin(v); {
	case plugin == "hparams":
		return t.session.parse(v.content)
	case v.image != nil:
		t.media(file, at, message, v.image, "images", v.tag, e.step)
	case v.audio != nil:
		t.media(file, at, message, v.audio, "audio", v.tag, e.step)
	case v.tensor != nil && (plugin == "images" || plugin == "text"):
		tensor, err := parseTensor(v.tensor)
		if err != nil {
			return err
		}
		if plugin == "text" {
			t.text(v.tag, e.step, tensor.texts)
			return nil
		}
		for _, picture := range tensor.texts[min(2, len(tensor.texts)):] { // width and height come first
			t.media(file, at, message, picture, "images", v.tag, e.step)
		}
	default:
		t.other = true
	}
	return nil
}

// place is the path of something in the run that is not taken yet.
func (t *tbRun) place(folder, tag string, step int64, ending string) string {
	stem := fmt.Sprintf("%s/%s_%d", folder, confined(tag), step)
	t.taken[stem]++
	if n := t.taken[stem]; n > 1 {
		stem = fmt.Sprintf("%s_%d", stem, n)
	}
	return stem + ending
}

// confined makes a tag a path that leads nowhere else.
func confined(tag string) string {
	tag = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`\:*?"<>|#`, r) {
			return '_'
		}
		return r
	}, tag)
	if clean := strings.TrimPrefix(path.Clean("/"+tag), "/"); clean != "" {
		return clean
	}
	return "_"
}

// endings tell a picture's kind by how it begins.
var endings = []struct{ magic, ending, media string }{
	{"\x89PNG", ".png", "image/png"}, {"\xff\xd8\xff", ".jpg", "image/jpeg"}, {"GIF8", ".gif", "image/gif"}, {"RIFF", ".wav", "audio/wav"},
}

// media takes an encoded picture or sound, which stays where it is until its bytes are wanted.
func (t *tbRun) media(file string, at int64, message, part []byte, folder, tag string, step int64) {
	ending, media := ".bin", ""
	for _, e := range endings {
		if bytes.HasPrefix(part, []byte(e.magic)) {
			ending, media = e.ending, e.media
		}
	}
	from, size := at+within(message, part), int64(len(part))
	t.run.Files = append(t.run.Files, File{Path: t.place(folder, tag, step, ending), Kind: strings.TrimSuffix(folder, "s"), Media: media, Open: func() (io.ReadCloser, error) {
		r, err := t.f.Open(file)
		if err != nil {
			return nil, err
		}
		return section{io.NewSectionReader(r.File, from, size), r}, nil
	}})
}

// section is a part of a file.
type section struct {
	io.Reader
	io.Closer
}

// text takes the texts of a value.
func (t *tbRun) text(tag string, step int64, texts [][]byte) {
	all := bytes.Clone(bytes.Join(texts, []byte("\n")))
	t.run.Files = append(t.run.Files, memory(t.place("text", tag, step, ".md"), "text", "text/markdown", all))
}

// memory is a file whose bytes are at hand.
func memory(at, kind, media string, b []byte) File {
	return File{Path: at, Kind: kind, Media: media, Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }}
}

// points reads the numbers again.
func (t *tbRun) points(yield func(tracker.Metric) error) error {
	for _, file := range t.files {
		err := t.events(file, func(_ string, _ int64, _ []byte, e tbEvent) error {
			for _, v := range e.values {
				value, ok := t.scalar(v)
				if !ok {
					continue
				}
				if err := yield(tracker.Metric{Key: v.tag, Value: value, Step: e.step, Time: wallTime(e.wall)}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// wallTime turns seconds into nanoseconds, to the microsecond that a double of them holds. What is no time is 0.
func wallTime(seconds float64) int64 {
	if !(math.Abs(seconds) < 1<<33) {
		return 0
	}
	return int64(math.Round(seconds*1e6)) * 1000
}

// timeOf is wallTime as a time, zero for none.
func timeOf(seconds float64) time.Time {
	if ns := wallTime(seconds); ns > 0 {
		return time.Unix(0, ns).UTC()
	}
	return time.Time{}
}

// nameOf is the name of a folder, for an experiment.
func nameOf(f *Folder, name string) string {
	if name != "." {
		return path.Base(name)
	}
	return baseName(f.Path)
}

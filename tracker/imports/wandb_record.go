package imports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// What is needed of W&B's messages (wandb_internal.proto of the Python package wandb), field by field.

// wandbItem is one key of a history, a config or a summary, with its value as JSON.
type wandbItem struct {
	key   []string
	value []byte
}

func (i wandbItem) name() string { return strings.Join(i.key, ".") }

// Fields of an item whose value is not JSON; newer writers may use them.
const (
	itemKey, itemNested, itemNone, itemBool, itemInteger, itemNumber, itemText, itemJSON, itemValue = 1, 2, 3, 4, 5, 6, 7, 8, 16
)

func parseItem(message []byte) (i wandbItem, err error) {
	err = fields(message, func(f field) error {
		switch f.number {
		case itemKey, itemNested:
			i.key = append(i.key, f.text())
		case itemNone:
			i.value = []byte("null")
		case itemBool:
			i.value = strconv.AppendBool(nil, f.varint != 0)
		case itemInteger:
			i.value = strconv.AppendInt(nil, f.integer(), 10)
		case itemNumber:
			i.value = strconv.AppendFloat(nil, f.double(), 'g', -1, 64)
		case itemText:
			i.value, _ = json.Marshal(f.text()) // a text always encodes
		case itemJSON, itemValue:
			i.value = f.bytes
		}
		return nil
	})
	return i, err
}

// parseItems reads the items in a field of a message.
func parseItems(message []byte, number int32) (list []wandbItem, err error) {
	err = fields(message, func(f field) error {
		if int32(f.number) != number || !f.isBytes() {
			return nil
		}
		i, err := parseItem(f.bytes)
		list = append(list, i)
		return err
	})
	return list, err
}

// Fields of a Record.
const (
	recordHistory, recordSummary, recordConfig, recordRun, recordExit, recordEnvironment = 2, 3, 5, 17, 18, 26
)

// wandbRun is what the records of a run tell beside its history.
type wandbRun struct {
	id, entity, project, group, job, name, notes, sweep, host string
	tags                                                      []string
	remote, commit, user, program                             string
	started                                                   time.Time
	exited                                                    bool
	code                                                      int64
	config, summary                                           map[string][]byte // JSON by name
	order                                                     []string          // of config
	history                                                   map[string]bool   // keys of metrics
	last                                                      int64             // the latest time of a point
	points                                                    bool
}

// take reads a record.
func (w *wandbRun) take(record []byte) error {
	return fields(record, func(f field) error {
		if !f.isBytes() {
			return nil
		}
		switch f.number {
		case recordRun:
			return w.run(f.bytes)
		case recordConfig:
			return w.configured(f.bytes)
		case recordSummary:
			return w.summed(f.bytes)
		case recordExit:
			w.exited = true
			return fields(f.bytes, func(e field) error {
				if e.number == 1 {
					w.code = int64(int32(e.varint))
				}
				return nil
			})
		case recordEnvironment:
			return fields(f.bytes, func(e field) error {
				switch e.number {
				case 6:
					fill(&w.program, e.text())
				case 12:
					fill(&w.host, e.text())
				case 13:
					fill(&w.user, e.text())
				}
				return nil
			})
		case recordHistory:
			return wandbPoints(f.bytes, func(m tracker.Metric) error {
				w.history[m.Key] = true
				w.points, w.last = true, max(w.last, m.Time)
				return nil
			})
		}
		return nil
	})
}

func (w *wandbRun) run(message []byte) error {
	texts := map[int32]*string{1: &w.id, 2: &w.entity, 3: &w.project, 6: &w.group, 7: &w.job, 8: &w.name, 9: &w.notes, 12: &w.sweep, 13: &w.host}
	return fields(message, func(f field) error {
		if to := texts[int32(f.number)]; to != nil && f.isBytes() {
			*to = f.text()
			return nil
		}
		switch f.number {
		case 4:
			return w.configured(f.bytes)
		case 5:
			return w.summed(f.bytes)
		case 10:
			w.tags = append(w.tags, f.text())
		case 17:
			return w.began(f.bytes)
		case 21:
			return fields(f.bytes, func(g field) error {
				switch g.number {
				case 1:
					w.remote = g.text()
				case 2:
					w.commit = g.text()
				}
				return nil
			})
		}
		return nil
	})
}

func (w *wandbRun) began(message []byte) error {
	var seconds, nanos int64
	err := fields(message, func(f field) error {
		switch f.number {
		case 1:
			seconds = f.integer()
		case 2:
			nanos = f.integer()
		}
		return nil
	})
	if w.started.IsZero() && seconds > 0 && seconds < 1<<33 {
		w.started = time.Unix(seconds, nanos).UTC()
	}
	return err
}

func (w *wandbRun) configured(message []byte) error {
	items, err := parseItems(message, 1)
	for _, i := range items {
		name := i.name()
		if name == "_wandb" || strings.HasPrefix(name, "_wandb.") {
			continue // telemetry
		}
		if _, has := w.config[name]; !has {
			w.order = append(w.order, name)
		}
		w.config[name] = bytes.Clone(i.value)
	}
	return err
}

func (w *wandbRun) summed(message []byte) error {
	items, err := parseItems(message, 1)
	if err != nil {
		return err
	}
	for _, i := range items {
		w.summary[i.name()] = bytes.Clone(i.value)
	}
	removed, err := parseItems(message, 2)
	for _, i := range removed {
		delete(w.summary, i.name())
	}
	return err
}

// wandbPoints reads the numbers of a step's history. What belongs to a picture, a table or the like is none.
func wandbPoints(message []byte, yield func(tracker.Metric) error) error {
	items, err := parseItems(message, 1)
	if err != nil {
		return err
	}
	step, at := int64(0), 0.0
	objects := map[string]bool{} // those that have a _type
	err = fields(message, func(f field) error {
		if f.number != 2 {
			return nil
		}
		return fields(f.bytes, func(n field) error { step = n.integer(); return nil })
	})
	for _, i := range items {
		switch name := i.name(); {
		case name == "_timestamp":
			at, _ = wandbNumber(i.value)
		case name == "_step":
			if v, ok := wandbNumber(i.value); ok && step == 0 {
				step = int64(v)
			}
		case len(i.key) > 1 && i.key[len(i.key)-1] == "_type":
			objects[strings.Join(i.key[:len(i.key)-1], ".")] = true
		}
	}
	for _, i := range items {
		if strings.HasPrefix(i.name(), "_") || i.within(objects) || err != nil {
			continue
		}
		err = wandbNumbers(i.name(), i.value, 0, func(key string, v float64) error {
			return yield(tracker.Metric{Key: key, Value: v, Step: step, Time: wallTime(at)})
		})
	}
	return err
}

// within reports whether an item is a part of one of these objects.
func (i wandbItem) within(objects map[string]bool) bool {
	for n := 1; n < len(i.key); n++ {
		if objects[strings.Join(i.key[:n], ".")] {
			return true
		}
	}
	return false
}

// wandbNumber reads a number as W&B writes it in JSON, with NaN and Infinity.
func wandbNumber(value []byte) (float64, bool) {
	switch text := string(bytes.Trim(value, `"`)); text {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	if len(value) == 0 || !strings.ContainsRune("-0123456789", rune(value[0])) {
		return 0, false
	}
	v, err := parseFloat(string(value))
	return v, err == nil
}

// maxNested is how deep objects are looked into.
const maxNested = 16

// wandbNumbers calls yield for a value that is a number, and for those in an object.
func wandbNumbers(key string, value []byte, depth int, yield func(string, float64) error) error {
	if v, ok := wandbNumber(value); ok {
		return yield(key, v)
	}
	if depth >= maxNested || len(value) == 0 || value[0] != '{' {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(value, &object) != nil || object["_type"] != nil {
		return nil // kept with the log itself
	}
	for _, name := range sortedKeys(object) {
		if err := wandbNumbers(key+"."+name, object[name], depth+1, yield); err != nil {
			return err
		}
	}
	return nil
}

// maxParams is how many params come of one file.
const maxParams = 100_000

// params writes the config as params: objects are taken apart, lists stay JSON.
func (w *wandbRun) params(place string) (list []tracker.Param, err error) {
	for _, name := range w.order {
		if list, err = jsonParams(list, name, w.config[name], 0); err != nil {
			return nil, damaged(place, "config %q: %v", name, err)
		}
	}
	return list, nil
}

func jsonParams(list []tracker.Param, name string, value []byte, depth int) ([]tracker.Param, error) {
	value = bytes.TrimSpace(value)
	if len(list) > maxParams {
		return nil, fmt.Errorf("more than %d values", maxParams)
	}
	if len(value) > 0 && value[0] == '{' && depth < maxNested {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(value, &object); err == nil && len(object) > 0 {
			for _, key := range sortedKeys(object) {
				var err error
				if list, err = jsonParams(list, name+"."+key, object[key], depth+1); err != nil {
					return nil, err
				}
			}
			return list, nil
		}
	}
	return append(list, jsonParam(name, value)), nil
}

// jsonParam is a value as a param with its type.
func jsonParam(name string, value []byte) tracker.Param {
	p := tracker.Param{Key: name, Value: string(value), Type: tracker.JSONValue}
	var text string
	switch {
	case json.Unmarshal(value, &text) == nil && len(value) > 0 && value[0] == '"':
		p.Value, p.Type = text, tracker.TextValue
	case p.Value == "true" || p.Value == "false":
		p.Type = tracker.BoolValue
	default:
		if _, err := strconv.ParseInt(p.Value, 10, 64); err == nil {
			p.Type = tracker.IntValue
		} else if _, ok := wandbNumber(value); ok {
			p.Type = tracker.FloatValue
		}
	}
	return p
}

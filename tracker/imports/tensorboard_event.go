package imports

import (
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
)

// tbEvent is an Event (tensorflow/core/util/event.proto).
type tbEvent struct {
	wall    float64 // seconds since 1970
	step    int64
	version string
	values  []tbValue
	other   bool // it holds something that is not looked at
}

// tbValue is a value of a Summary (tensorflow/core/framework/summary.proto).
type tbValue struct {
	tag      string
	simple   float64
	isSimple bool
	image    []byte // the encoded picture
	audio    []byte
	media    string // of audio
	tensor   []byte
	hasPlug  bool
	plugin   string
	content  []byte // of the plugin
	other    bool
}

func parseEvent(message []byte) (e tbEvent, err error) {
	err = fields(message, func(f field) error {
		switch f.number {
		case 1:
			e.wall = f.double()
		case 2:
			e.step = f.integer()
		case 3:
			e.version = f.text()
		case 5:
			return fields(f.bytes, func(v field) error {
				if v.number != 1 {
					return nil
				}
				value, err := parseValue(v.bytes)
				e.values = append(e.values, value)
				return err
			})
		case 10: // who wrote it
		default:
			e.other = true
		}
		return nil
	})
	return e, err
}

func parseValue(message []byte) (v tbValue, err error) {
	err = fields(message, func(f field) error {
		switch f.number {
		case 1:
			v.tag = f.text()
		case 2:
			v.simple, v.isSimple = f.float(), true
		case 4:
			return fields(f.bytes, func(i field) error {
				if i.number == 4 {
					v.image = i.bytes
				}
				return nil
			})
		case 6:
			return fields(f.bytes, func(a field) error {
				switch a.number {
				case 4:
					v.audio = a.bytes
				case 5:
					v.media = a.text()
				}
				return nil
			})
		case 8:
			v.tensor = f.bytes
		case 9:
			return v.metadata(f.bytes)
		case 3, 5:
			v.other = true // histograms
		}
		return nil
	})
	return v, err
}

func (v *tbValue) metadata(message []byte) error {
	return fields(message, func(f field) error {
		if f.number != 1 {
			return nil
		}
		v.hasPlug = true
		return fields(f.bytes, func(p field) error {
			switch p.number {
			case 1:
				v.plugin = p.text()
			case 2:
				v.content = p.bytes
			}
			return nil
		})
	})
}

// session is what the hparams plugin tells (tensorboard/plugins/hparams/plugin_data.proto).
type session struct {
	params []tracker.Param
	group  string
	model  string
	begun  float64
	ended  float64
	status tracker.RunStatus
}

// sessionStatuses are those of SessionEndInfo.
var sessionStatuses = map[int64]tracker.RunStatus{1: tracker.RunFinished, 2: tracker.RunFailed, 3: tracker.RunRunning}

func (s *session) parse(content []byte) error {
	return fields(content, func(f field) error {
		switch f.number {
		case 3:
			return s.start(f.bytes)
		case 4:
			return fields(f.bytes, func(e field) error {
				switch e.number {
				case 1:
					s.status = sessionStatuses[e.integer()]
				case 2:
					s.ended = e.double()
				}
				return nil
			})
		}
		return nil
	})
}

func (s *session) start(message []byte) error {
	return fields(message, func(f field) error {
		switch f.number {
		case 1:
			return s.param(f.bytes)
		case 2:
			s.model = f.text()
		case 4:
			s.group = f.text()
		case 5:
			s.begun = f.double()
		}
		return nil
	})
}

// param reads an entry of a map of names to values (google/protobuf/struct.proto).
func (s *session) param(message []byte) error {
	var p tracker.Param
	err := fields(message, func(f field) error {
		switch f.number {
		case 1:
			p.Key = f.text()
		case 2:
			return fields(f.bytes, func(v field) error {
				switch v.number {
				case 2:
					p.Value, p.Type = strconv.FormatFloat(v.double(), 'g', -1, 64), tracker.FloatValue
				case 3:
					p.Value, p.Type = v.text(), tracker.TextValue
				case 4:
					p.Value, p.Type = strconv.FormatBool(v.varint != 0), tracker.BoolValue
				}
				return nil
			})
		}
		return nil
	})
	s.params = append(s.params, p)
	return err
}

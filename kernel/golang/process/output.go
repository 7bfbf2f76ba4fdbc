package process

import (
	"fmt"
	"io"

	"github.com/gemba-ml/gemba/kernel/wire"
)

const (
	stdout = iota
	stderr
	streams
)

var streamNames = [streams]string{"stdout", "stderr"}

const tailSize = 64 << 10 // of standard error, kept for the exit

// output is where everything goes that one program says.
type output struct {
	front    wire.Front // nil when the program is silent
	capture  io.Writer
	displays *displays
	cell     string
	text     [streams]text
	tail     []byte
}

// stream publishes bytes of a stream; only an unfinished UTF-8 sequence at their end waits.
func (o *output) stream(i int, b []byte) {
	if i == stderr {
		o.keep(b)
	}
	o.copy(b)
	o.say(i, o.text[i].next(b))
}

// end publishes what the streams still hold back.
func (o *output) end() {
	for i := range o.text {
		o.say(i, o.text[i].end())
	}
}

// note tells the person something on standard error that the program did not say.
func (o *output) note(format string, args ...any) {
	o.say(stderr, fmt.Sprintf(format, args...)+"\n")
}

func (o *output) say(i int, s string) {
	if s != "" {
		o.publish(wire.Stream, wire.StreamContent{Name: streamNames[i], Text: s})
	}
}

func (o *output) publish(t wire.Type, content any) {
	if o.front != nil {
		o.front.Publish(t, content)
	}
}

// copy gives b to the capture, and gives up on a capture that fails.
func (o *output) copy(b []byte) {
	if o.capture == nil {
		return
	}
	if _, err := o.capture.Write(b); err != nil {
		o.capture = nil
		o.note("the output is no longer captured: %v", err)
	}
}

func (o *output) keep(b []byte) {
	o.tail = append(o.tail, b...)
	if len(o.tail) > 2*tailSize {
		o.tail = append(o.tail[:0], o.tail[len(o.tail)-tailSize:]...)
	}
}

// last returns the end of standard error.
func (o *output) last() []byte { return o.tail[max(0, len(o.tail)-tailSize):] }

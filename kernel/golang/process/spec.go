package process

import (
	"io"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Spec says what to run and how.
type Spec struct {
	Path string   // executable; a name without a slash is looked up in PATH
	Args []string // arguments, without the program's name
	Dir  string   // working directory, empty for this process's
	Env  []string // environment as "NAME=value", nil for this process's; the last of a name wins

	Stdin   Stdin
	Rich    bool      // the program may speak gonbui's protocol: displays, input, comms
	Cell    string    // names the output area; running it again starts that area afresh, and the displays in it
	Observe bool      // take note of child processes and hosts
	Hooked  bool      // with Observe: the program notes which files it opens, see package cell
	Network bool      // with Observe: the program itself may open sockets
	Silent  bool      // publish nothing
	Capture io.Writer // gets a copy of all output: streams as bytes, displays as their text; may be nil
}

// Stdin is what a program reads from its standard input. The zero Stdin is an immediate end of
// file. For a Rich program it is an end of file too, except that each gonbui.RequestInput makes
// one line, the user's answer, appear.
type Stdin struct {
	Text     []byte // given to the program, then end of file
	Ask      bool   // ask the user for lines while the program runs; Text is not used
	Password bool   // with Ask: do not show what the user types
}

// Exit is how a program ended.
type Exit struct {
	Code        int    // exit status; 128 plus the number of the signal that ended the program
	Signal      string // name of that signal, empty when the program exited by itself
	Interrupted bool   // the run's context ended first, and the program was stopped

	Run       time.Duration // wall time from start to exit
	UserCPU   time.Duration // of the program and of the children it waited for
	SystemCPU time.Duration
	MaxRSS    int64 // peak resident memory of the program in bytes, 0 when it could not be measured

	Seen wire.Seen // what was observed, see Spec.Observe

	Stderr []byte // the last of standard error, at most 64 KiB: panics are found there
}

// OK reports whether the program ended by itself with status 0.
func (e Exit) OK() bool { return e.Code == 0 && e.Signal == "" && !e.Interrupted }

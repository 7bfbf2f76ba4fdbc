// Package magics holds the commands of notebook cells that are gemba's own, whatever executes the rest of the
// cell: one table, one file for each. It finds them in a cell, reads their arguments and asks a Host to do
// what they mean; it knows no engine, no front end and no ledger.
package magics

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Host does what magics ask for. Its answers are for people, and are shown beside an error too.
type Host interface {
	// Commit makes a real commit of the work tree with this message.
	Commit(ctx context.Context, message string) (string, error)

	// Snapshot takes the files and folders at absolute paths into the ledger; name may be empty.
	Snapshot(ctx context.Context, paths []string, name string) (string, error)

	// Environment tells what cells run on.
	Environment(ctx context.Context) (string, error)

	Tracker
}

// Place is where a magic does its work.
type Place struct {
	Host Host
	Dir  string      // that relative paths are relative to
	Out  io.Writer   // for people; what is written is an output of the cell
	Show func(Reply) // shows a reply with all its forms; nil: its text is written to Out
}

// Reply is an answer for people in two forms. HTML may be empty; what it quotes is escaped.
type Reply struct {
	Text string
	HTML string
}

// Action is a magic whose arguments have been read.
type Action func(ctx context.Context, at Place) error

// Magic is a command of cells. It is read by Parse, or by ParseText where quotes belong to what is said.
type Magic struct {
	Name      string
	Args      string // as help writes them
	Help      string // one line
	Long      bool   // only as %gemba NAME, since %NAME is somebody else's
	Below     string // what the rest of the cell is in the cell form, %%NAME; empty: there is no such form
	Options   []Option
	Takes     Kind // what its arguments are, for completion
	Parse     func(args []string) (Action, error)
	ParseText func(text string) (Action, error)
	ParseCell func(args []string, below string) (Action, error)
}

// Option is a flag of a magic.
type Option struct {
	Name  string
	Value string // what stands behind it, as help writes it; empty: nothing does
	Help  string
	Takes Kind
}

// long is the magic that all others can be called through.
const long = "gemba"

// Table returns the one table of magics. It is what is recognised, printed by %gemba help and offered by completion.
func Table() []Magic {
	return []Magic{experiment(), param(), metric(), tag(), artifact(), note(), ledger(), diff(), commit(), snapshot(), env(), help()}
}

// find returns the magic of a name. By its short name it is one only where that is not somebody else's.
func find(name string, short bool) (Magic, bool) {
	table := Table()
	i := slices.IndexFunc(table, func(m Magic) bool { return m.Name == name && !(short && m.Long) })
	if i < 0 {
		return Magic{}, false
	}
	return table[i], true
}

// Usage is how the magic is written.
func (m Magic) Usage() string {
	name := m.Name
	if m.Long {
		name = long + " " + name
	}
	return strings.TrimSpace("%" + name + " " + m.Args)
}

// UsageError says that a magic was called in a way it does not understand.
type UsageError struct {
	Magic Magic
	Why   string
}

func (e *UsageError) Error() string {
	return fmt.Sprintf("%%%s: %s; usage: %s", e.Magic.Name, e.Why, e.Magic.Usage())
}

// wrong returns a UsageError.
func (m Magic) wrong(format string, args ...any) error {
	return &UsageError{m, fmt.Sprintf(format, args...)}
}

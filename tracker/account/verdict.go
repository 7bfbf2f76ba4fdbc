package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Verdict is what an execution came to that repeats an earlier one of the same source. It is empty where nobody can tell.
type Verdict string

// The verdicts that can be had of what is recorded of both.
const (
	Equal   Verdict = "equal"   // it showed the same, and ended as that one did
	Differs Verdict = "differs" // it showed something else, or ended otherwise
	Failed  Verdict = "failed"  // it ended with an error, which that one did not
)

// Judge compares what two executions of the same source showed. What always varies does not count: the numbers of executions, the ids of
// displays, addresses in memory. Where something was left out, lost, removed or taken out as a secret, nothing is said unless the whole is known
// to be the same; nor is it where neither showed anything. Lasting says that to read it all again would tell no more.
func (r Reader) Judge(ctx context.Context, before, again index.Cell) (v Verdict, lasting bool, err error) {
	v, open := judgeUnread(before, again)
	if !open {
		return v, v != "", nil
	}
	same, err := r.showedSame(ctx, before.ID, again.ID)
	switch {
	case errors.Is(err, errUnknown):
		return "", !errors.Is(err, errGone), nil
	case err != nil:
		return "", false, err
	case same:
		return Equal, true, nil
	}
	return Differs, true, nil
}

// showedSame reads what two executions showed, and reports whether it is the same.
func (r Reader) showedSame(ctx context.Context, a, b tracker.ID) (bool, error) {
	was, err := r.essence(ctx, a)
	if err != nil {
		return false, err
	}
	is, err := r.essence(ctx, b)
	return err == nil && was == is, err
}

// judgeUnread judges by what is known without the outputs; open says that these have to be read.
func judgeUnread(before, again index.Cell) (v Verdict, open bool) {
	switch {
	case before.Redactions+again.Redactions > 0, !ended(before) || !ended(again):
		return "", false
	case before.Status != again.Status:
		return map[bool]Verdict{true: Failed, false: Differs}[again.Status == tracker.Failed], false
	case before.Messages+again.Messages == 0:
		return "", false
	case before.OutputSHA256 != "" && before.OutputSHA256 == again.OutputSHA256:
		return Equal, false
	}
	return "", readable(before) && readable(again)
}

// readable reports whether all that a cell execution showed was kept.
func readable(c index.Cell) bool { return !c.Truncated && whole(c) }

func ended(c index.Cell) bool { return c.Status == tracker.OK || c.Status == tracker.Failed }

// whole reports whether nothing of what a cell execution showed was lost on its way.
func whole(c index.Cell) bool { return c.OutputSHA256 != "" || c.Messages == 0 }

// errUnknown says that nobody can tell what an execution showed; errGone is one that says so of bytes that may come back.
var (
	errUnknown = errors.New("what it showed is not known")
	errGone    = fmt.Errorf("%w: its bytes are not in the ledger", errUnknown)
)

// mostRead is how many pairs of executions have their outputs read in one comparison: what is behind them is told by digests alone.
const mostRead = 2000

// outputsDiffer returns what reports whether two executions are not known to have shown the same, as Judge has it.
func (r Reader) outputsDiffer(ctx context.Context) func(a, b index.Cell) (bool, error) {
	left := mostRead
	return func(a, b index.Cell) (bool, error) {
		switch {
		case a.OutputSHA256 == b.OutputSHA256 && whole(a) && whole(b):
			return false, nil
		case !readable(a) || !readable(b) || left == 0:
			return true, nil
		}
		left--
		same, err := r.showedSame(ctx, a.ID, b.ID)
		if errors.Is(err, errUnknown) {
			return true, nil
		}
		return !same, err
	}
}

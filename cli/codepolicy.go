package cli

import (
	"context"
	"errors"
	"sync"

	"github.com/gemba-ml/gemba/lineage"
	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// codePolicy says, or keeps cells from running, when the work tree differs from the last commit, as the project wants it.
type codePolicy struct {
	policy settings.Policy
	said   string            // the last notice: the same is not said again
	read   func(path string) // told of each file that is read; nil when nobody wants to know

	mu    sync.Mutex // a cell may still ask when the session ends
	code  *gitstate.Capturer
	clean *gitstate.State // of the cell that starts, when nothing differs from the last commit; nil when it was told already
}

// policyOf returns the policy of a project for what runs in dir.
func (a *app) policyOf(project settings.Settings, dir, ledger string) *codePolicy {
	p := &codePolicy{policy: project.Code}
	reading := func(path string) {
		if p.read != nil {
			p.read(path)
		}
	}
	o := gitstate.Options{UntrackedLimit: int64(project.UntrackedLimit), Leave: ledger, Parallel: true, Reading: reading, Now: a.now}
	p.code = gitstate.NewCapturer(dir, o)
	return p
}

// shared is code that is not looked at again for a cell before which the policy found nothing that differs from the last commit.
// What differs is looked at beside the cell, where contents can be kept.
func (p *codePolicy) shared(code lineage.Code) lineage.Code { return sharedCode{code, p} }

type sharedCode struct {
	lineage.Code
	policy *codePolicy
}

// Capture tells the code state as the policy found it, else as it is now.
func (s sharedCode) Capture(ctx context.Context, pace func() float64) (tracker.CodeCaptured, error) {
	if state := s.policy.take(); state != nil {
		return state.Event(), nil
	}
	return s.Code.Capture(ctx, pace)
}

// take returns the state that the policy found last, once. It never waits.
func (p *codePolicy) take() *gitstate.State {
	if !p.mu.TryLock() {
		return nil
	}
	defer p.mu.Unlock()
	state := p.clean
	p.clean = nil
	return state
}

// notice returns what a cell is to show.
func (p *codePolicy) notice(ctx context.Context) string {
	if p.policy != settings.Warn {
		return ""
	}
	text, _ := p.check(ctx)
	if text == p.said {
		return ""
	}
	p.said = text
	return text
}

// permit returns why a cell may not run.
func (p *codePolicy) permit(ctx context.Context) error {
	if p.policy != settings.Refuse {
		return nil
	}
	if text, refused := p.check(ctx); refused {
		return errors.New(text)
	}
	return nil
}

// close frees what the repository's objects were read with; what is asked later finds nothing wrong.
func (p *codePolicy) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.code != nil {
		p.code.Close()
	}
	p.code = nil
}

func (p *codePolicy) check(ctx context.Context) (text string, refused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.code == nil {
		return "", false
	}
	p.clean = nil
	state, err := p.code.Capture(ctx)
	if err != nil {
		return "", false // the cell was interrupted, and does not run
	}
	if len(state.Changes) == 0 && len(state.Missing) == 0 {
		p.clean = &state
	}
	return state.Check(p.policy)
}

// permits joins what is asked before a cell; nil asks nothing.
func permits(all ...func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, ask := range all {
			if ask == nil {
				continue
			}
			if err := ask(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

package cli

import (
	"context"
	"errors"
	"sync"

	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/settings"
)

// codePolicy says, or keeps cells from running, when the work tree differs from the last commit, as the project wants it.
type codePolicy struct {
	policy settings.Policy
	said   string // the last notice: the same is not said again

	mu   sync.Mutex // a cell may still ask when the session ends
	code *gitstate.Capturer
}

// policyOf returns the policy of a project for what runs in dir.
func (a *app) policyOf(project settings.Settings, dir, ledger string) *codePolicy {
	o := gitstate.Options{UntrackedLimit: int64(project.UntrackedLimit), Leave: ledger, Parallel: true, Now: a.now}
	return &codePolicy{policy: project.Code, code: gitstate.NewCapturer(dir, o)}
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
	state, err := p.code.Capture(ctx)
	if err != nil {
		return "", false // the cell was interrupted, and does not run
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

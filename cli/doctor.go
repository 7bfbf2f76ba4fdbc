package cli

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

// finding is what doctor says about one thing that gemba needs or can use.
type finding struct {
	Name   string `json:"name"`
	Health health `json:"status"`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"` // the command that mends it

	mend func(context.Context) error // does it, where gemba itself can
}

// health is how well a thing is.
type health string

const (
	fine    health = "ok"
	missing health = "missing" // required, and not there or not usable
	lacking health = "lacking" // not required: something works less well without it
	note    health = "note"
)

var healthStyles = map[health]style{fine: green, missing: red, lacking: yellow, note: faint}

// examinations is everything that doctor looks at, in the order in which it says it.
func examinations() []func(context.Context, *app) []finding {
	return []func(context.Context, *app) []finding{
		one(examineGo),
		one(examineBuildCache),
		one(examineGopls),
		one(examineCompiler),
		one(examineJupyter),
		one(examineKernelspec),
		examineWraps,
		one(examinePlugin),
		one(examineLedger),
		one(examineKey),
		one(examineDisk),
		one(examineClock),
		one(examineSystem),
	}
}

// one makes a list of what an examination of one thing finds. What there is nothing to say about on this system is left out.
func one(examine func(context.Context, *app) finding) func(context.Context, *app) []finding {
	return func(ctx context.Context, a *app) []finding {
		if f := examine(ctx, a); f.Name != "" {
			return []finding{f}
		}
		return nil
	}
}

// patience bounds each examination: a tool that hangs must not hang doctor.
const patience = 20 * time.Second

func doctorCommand(a *app) *cobra.Command {
	var asJSON, fix bool
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is missing on this machine, and what mends it",
		Long:  "doctor looks at everything gemba needs or can use. It exits with 1 when something it needs is missing.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			ctx := cmp.Or(c.Context(), context.Background())
			findings := a.examine(ctx)
			if fix {
				if err := a.mend(ctx, findings); err != nil {
					return err
				}
				findings = a.examine(ctx)
			}
			if err := a.printFindings(findings, asJSON); err != nil {
				return err
			}
			if slices.ContainsFunc(findings, func(f finding) bool { return f.Health == missing }) {
				return errFailed
			}
			return nil
		},
	}
	c.Flags().BoolVar(&fix, "fix", false, "mend what gemba can mend itself: build gopls, close the signing key to others")
	jsonFlag(c, &asJSON)
	return c
}

// examine looks at everything.
func (a *app) examine(ctx context.Context) (findings []finding) {
	for _, examine := range examinations() {
		bounded, cancel := context.WithTimeout(ctx, patience)
		findings = append(findings, examine(bounded, a)...)
		cancel()
	}
	return findings
}

func (a *app) mend(ctx context.Context, findings []finding) error {
	for _, f := range findings {
		if f.mend == nil {
			continue
		}
		if err := f.mend(ctx); err != nil {
			return fmt.Errorf("mend %s: %w", f.Name, err)
		}
	}
	return nil
}

func (a *app) printFindings(findings []finding, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, findings)
	}
	p := painterFor(a.stdout)
	for _, f := range findings {
		health := p.paint(healthStyles[f.Health], fmt.Sprintf("%-7s", f.Health))
		if _, err := fmt.Fprintf(a.stdout, "%s  %-14s %s\n", health, f.Name, f.Detail); err != nil {
			return err
		}
		if f.Fix != "" {
			fmt.Fprintf(a.stdout, "%25s%s\n", "", p.paint(bold, f.Fix))
		}
	}
	return nil
}

// systemNotes says what is different from Linux, where gemba is developed and tested.
var systemNotes = map[string]string{
	"darwin":  "macOS: gemba is cross-compiled and not tested here; the XLA plugin is CPU only, other cells use the go backend",
	"windows": "Windows: gemba is cross-compiled and not tested here; cells have no rich output, comms or input, and %%bash needs a bash: use WSL 2",
}

func examineSystem(context.Context, *app) finding {
	if text := systemNotes[runtime.GOOS]; text != "" {
		return finding{Name: "system", Health: note, Detail: text}
	}
	return finding{}
}

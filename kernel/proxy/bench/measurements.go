//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// measurement is something that both kernels do.
type measurement struct {
	name  string
	share float64 // of the rounds asked for
	cold  bool    // the first round counts
	take  func(ctx context.Context, b *bench, which int) (time.Duration, error)
	rows  []limit
}

// limit is what gemba may add to a quantile: milliseconds, or a factor.
type limit struct {
	name   string
	at     float64
	ms     float64
	factor float64 // 0: ms counts
}

func (l limit) reach() string {
	if l.factor > 0 {
		return fmt.Sprintf("≤ %.2f×", l.factor)
	}
	return fmt.Sprintf("≤ +%g ms", l.ms)
}

func (l limit) judge(alone, behind float64) (adds string, reached bool) {
	if l.factor > 0 {
		return fmt.Sprintf("%.2f×", behind/alone), behind <= l.factor*alone
	}
	return fmt.Sprintf("%+.2f ms", behind-alone), behind-alone <= l.ms
}

// within is one row for the median.
func within(factor float64) []limit { return []limit{{at: 0.5, factor: factor}} }

func adding(ms float64) []limit { return []limit{{at: 0.5, ms: ms}} }

// measurements is the table of what is measured.
func (b *bench) measurements() []measurement {
	list := []measurement{
		{"a cell's round trip", 60, false, cell("1 + 1", 0, 0), []limit{{", p50", 0.5, 1, 0}, {", p95", 0.95, 3, 0}}},
		{"100 MB of stream output", 1, false, cell(flood, 100_000_000, 0), within(1.15)},
		{"10,000 display updates", 1, false, cell(updates, 0, 10_001), within(1.15)},
		{"kernel start", 2, true, started, adding(150)},
		{"10,000 opens", 3, false, cell(opens, 0, 0), within(1.05)},
		{"completion while a cell runs", 10, false, completed, adding(2)},
	}
	if b.libraries != "" {
		list = append(list, measurement{"a pandas and scikit-learn cell", 2, false, cell(fmt.Sprintf(learning, b.libraries), 0, 0), within(1.02)})
	}
	return list
}

const (
	flood = `line = "0123456789" * 10_000
for _ in range(1_000):
    print(line)`
	updates = `from IPython.display import display
shown = display("0", display_id=True)
for i in range(10_000):
    shown.update(str(i))`
	opens = `for i in range(10_000):
    open(f"data/{i}.txt").close()`
	learning = `import sys
sys.path.append(%q)
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
rng = np.random.default_rng(7)
frame = pd.DataFrame(rng.normal(size=(4000, 12)), columns=[f"x{i}" for i in range(12)])
frame["y"] = (frame.x0 + frame.x1 * frame.x2 > 0).astype(int)
frame.to_csv("frame.csv", index=False)
frame = pd.read_csv("frame.csv")
score = cross_val_score(RandomForestClassifier(30, random_state=1), frame.drop(columns="y"), frame.y, cv=3).mean()
frame.groupby(frame.y).describe()`
)

// cell executes code that shows at least so much.
func cell(code string, bytes, displays int) func(context.Context, *bench, int) (time.Duration, error) {
	return func(ctx context.Context, b *bench, which int) (time.Duration, error) {
		k, err := b.kernel(ctx, which)
		if err != nil {
			return 0, err
		}
		took, shown, err := k.execute(ctx, code)
		if err == nil && (shown.bytes < bytes || shown.displays < displays) {
			err = fmt.Errorf("%d bytes and %d displays came, of %d and %d", shown.bytes, shown.displays, bytes, displays)
		}
		return took, err
	}
}

func started(ctx context.Context, b *bench, which int) (time.Duration, error) {
	k, err := b.start(ctx, which)
	if err != nil {
		return 0, err
	}
	k.close()
	return k.first, nil
}

// completed asks for a completion on a subshell, as JupyterLab does, while a cell runs.
func completed(ctx context.Context, b *bench, which int) (time.Duration, error) {
	k, err := b.kernel(ctx, which)
	if err != nil {
		return 0, err
	}
	var made struct {
		ID string `json:"subshell_id"`
	}
	reply, err := k.Ask(ctx, wire.Control, "", wire.CreateSubshellRequest, struct{}{})
	if err != nil || json.Unmarshal(reply, &made) != nil {
		return 0, fmt.Errorf("make a subshell: %s %w", reply, err)
	}
	done := make(chan error, 1)
	go func() {
		_, _, err := k.execute(ctx, "import time\ntime.sleep(0.3)")
		done <- err
	}()
	time.Sleep(100 * time.Millisecond)
	at, begin := 6, time.Now()
	_, err = k.Ask(ctx, wire.Shell, made.ID, wire.CompleteRequest, wire.CodeAt{Code: "time.s", Cursor: &at})
	took := time.Since(begin)
	if failed := <-done; err == nil {
		err = failed
	}
	return took, err
}

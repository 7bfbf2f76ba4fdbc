//go:build unix

package cli

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// diary is a notebook whose second cell logs for ever, and tells in a file how far it is.
const diary = `{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "gemba", "language": "go", "display_name": "Go"}}, "cells": [
{"cell_type": "code", "id": "a", "metadata": {}, "execution_count": null, "outputs": [], "source": "%experiment kills\n%param lr=0.1"},
{"cell_type": "code", "id": "b", "metadata": {}, "execution_count": null, "outputs": [], "source": "import \"github.com/gemba-ml/gemba/tracker/track\"\n\n%%\nr := track.Here()\nfor step := 0; ; step++ {\n\tr.Metric(\"x\", float64(step), step)\n\tif step % 500 == 0 {\n\t\tos.WriteFile(\"told.new\", []byte(strconv.Itoa(step)), 0o600)\n\t\tos.Rename(\"told.new\", \"told\")\n\t\ttime.Sleep(time.Millisecond)\n\t}\n}"}
]}`

// TestKilledWhileLogging kills the kernel of a cell that logs: the next command finds every point that the cell logged, once, and
// the run that was killed.
func TestKilledWhileLogging(t *testing.T) {
	s := newScene(t)
	if err := os.WriteFile(filepath.Join(s.dir, "diary.ipynb"), []byte(diary), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		told := filepath.Join(s.dir, "told")
		_ = os.Remove(told) // of the round before
		c := s.gemba("run", "diary.ipynb")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		s.await("the cell logs", func() bool { _, err := os.Stat(told); return err == nil })
		time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
		_ = c.Process.Kill()
		_ = c.Wait()
		var listed string
		s.await("what was logged is recorded", func() bool {
			out, err := s.gemba("log", "--runs", "--json", "-n", "1").Output()
			if listed = string(out); err != nil {
				t.Fatal(err)
			}
			logs, _ := filepath.Glob(filepath.Join(s.dir, "ledger", "track", "*", "*.track"))
			return len(logs) == 0 // the cell ends when it notices that its kernel is gone
		})
		s.wantDiary(listed, told)
	}
	s.verifies()
	s.leftNothing()
}

// await waits until something is so, for three minutes at most.
func (s *scene) await(what string, so func() bool) {
	s.Helper()
	for range 3600 {
		if so() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.Fatalf("it never comes that %s", what)
}

// wantDiary compares the newest run with what its cell told.
func (s *scene) wantDiary(listed, told string) {
	s.Helper()
	var runs []struct {
		ID                       tracker.ID
		Name, Status, Experiment string
		Params                   map[string]string
	}
	if err := json.Unmarshal([]byte(listed), &runs); err != nil || len(runs) != 1 {
		s.Fatalf("%v in %s", err, listed)
	}
	if r := runs[0]; r.Name != "diary" || r.Status != "killed" || r.Experiment != "kills" || r.Params["lr"] != "0.1" {
		s.Errorf("the run is %+v", r)
	}
	text, err := os.ReadFile(told)
	if err != nil {
		s.Fatal(err)
	}
	least, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		s.Fatal(err)
	}
	x, err := index.Open(s.Context(), filepath.Join(s.dir, "ledger"))
	if err != nil {
		s.Fatal(err)
	}
	defer x.Close()
	points, err := x.Series(s.Context(), index.SeriesSearch{Run: runs[0].ID, Key: "x"})
	if err != nil || len(points) <= least {
		s.Fatalf("%d points, want more than %d: %v", len(points), least, err)
	}
	for i, p := range points {
		if p.Step != int64(i) || p.Value != float64(i) {
			s.Fatalf("point %d is %+v", i, p)
		}
	}
}

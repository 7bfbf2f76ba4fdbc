package mlflow

import (
	"fmt"
	"sync"
	"testing"
)

// TestManyClients lets clients write to one run and read it at the same time: all that was answered is there.
func TestManyClients(t *testing.T) {
	s := newSite(t)
	run := s.begin(s.experiment("busy"))
	const clients, each = 8, 40
	var work sync.WaitGroup
	for c := range clients {
		work.Go(func() {
			for i := range each {
				s.call("POST", "runs/log-metric", object{"run_id": run, "key": fmt.Sprint("m", c), "value": i, "timestamp": i, "step": i})
				s.call("POST", "runs/log-batch", object{"run_id": run, "params": []object{{"key": fmt.Sprint("p", c, "-", i), "value": "v"}}})
				if i%10 == 0 {
					s.call("GET", "runs/get?run_id="+run, nil)
				}
			}
		})
	}
	work.Wait()
	data := at(t, s.call("GET", "runs/get?run_id="+run, nil), "run", "data").(object)
	if n := len(data["params"].([]any)); n != clients*each {
		t.Errorf("%d params, want %d", n, clients*each)
	}
	for c := range clients {
		history := s.call("GET", fmt.Sprintf("metrics/get-history?run_id=%s&metric_key=m%d", run, c), nil)
		if n := len(history["metrics"].([]any)); n != each {
			t.Errorf("client %d has %d points, want %d", c, n, each)
		}
	}
}

// TestOneOfManyWins lets clients give a param different values at once: one is kept, the others are told so.
func TestOneOfManyWins(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	var work sync.WaitGroup
	status := make([]int, 8)
	for c := range status {
		work.Go(func() {
			status[c], _ = s.ask("POST", "runs/log-parameter", object{"run_id": run, "key": "seed", "value": fmt.Sprint(c)})
		})
	}
	work.Wait()
	won := -1
	for c, code := range status {
		if code == 200 {
			if won >= 0 {
				t.Errorf("clients %d and %d both won", won, c)
			}
			won = c
		}
	}
	params := at(t, s.call("GET", "runs/get?run_id="+run, nil), "run", "data", "params").([]any)
	if len(params) != 1 || at(t, params[0], "value") != fmt.Sprint(won) {
		t.Errorf("params are %v, client %d won", params, won)
	}
}

// TestOneExperimentOfAName lets clients make experiments of one name at once.
func TestOneExperimentOfAName(t *testing.T) {
	s := newSite(t)
	var work sync.WaitGroup
	status := make([]int, 8)
	for c := range status {
		work.Go(func() { status[c], _ = s.ask("POST", "experiments/create", object{"name": "one"}) })
	}
	work.Wait()
	made := 0
	for _, code := range status {
		if code == 200 {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d experiments of one name were made", made)
	}
}

package mlflow

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// TestQueueThatIsFull has a recorder with room for one event at a time: what was answered is there.
func TestQueueThatIsFull(t *testing.T) {
	s := newSiteWith(t, tracker.Options{QueueBytes: 1})
	run := s.begin("0")
	for i := range 20 { // each of them is two events
		s.call("POST", "runs/set-tag", object{"run_id": run, "key": tagName, "value": fmt.Sprint("name ", i)})
	}
	const clients = 16
	var kept [clients]bool
	var work sync.WaitGroup
	for c := range clients {
		work.Go(func() {
			message := object{"run_id": run, "tags": []object{{"key": fmt.Sprint("t", c), "value": strings.Repeat("x", 1000)}}, "metrics": []object{{"key": fmt.Sprint("m", c), "value": 1, "timestamp": 1}}}
			status, answer := s.ask("POST", "runs/log-batch", message)
			if kept[c] = status == http.StatusOK; !kept[c] && status != http.StatusServiceUnavailable {
				t.Errorf("status %d: %v", status, answer)
			}
		})
	}
	work.Wait()
	data := at(t, s.call("GET", "runs/get?run_id="+run, nil), "run", "data").(object)
	all := fmt.Sprint(data["tags"], data["metrics"])
	if !strings.Contains(all, "name 19") {
		t.Errorf("the last name is missing: %s", all)
	}
	for c, answered := range kept {
		if answered && !strings.Contains(all, fmt.Sprintf("key:m%d ", c)) {
			t.Errorf("client %d was answered 200, and its point is missing", c)
		}
	}
}

// TestBodiesWait lets more be sent at a time than may be in memory.
func TestBodiesWait(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	if !s.server.bodies.TryAcquire(memory) {
		t.Fatal("memory is taken before anybody came")
	}
	answered := make(chan int, 1)
	go func() {
		status, _ := s.ask("POST", "runs/set-tag", object{"run_id": run, "key": "a", "value": "b"})
		answered <- status
	}()
	for waits := false; !waits; {
		s.server.bodies.Release(1)
		waits = !s.server.bodies.TryAcquire(1) // there is a byte, and nobody gets it: the request waits for more
		select {
		case status := <-answered:
			t.Fatalf("a request is answered with %d while there is no memory for it", status)
		default:
		}
	}
	s.server.bodies.Release(memory - 1)
	if status := <-answered; status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if !s.server.bodies.TryAcquire(memory) {
		t.Error("memory is not given back")
	}
}

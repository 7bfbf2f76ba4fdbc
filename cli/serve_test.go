//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// served is a server that runs.
type served struct {
	*scene
	cmd     *exec.Cmd
	address string
	second  string // line
}

// serve starts gemba serve and returns when it has said where it is.
func (s *scene) serve(args ...string) *served {
	s.Helper()
	v := &served{scene: s, cmd: s.gemba(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)}
	var said bytes.Buffer
	v.cmd.Stderr = &said
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = v.cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		s.Fatalf("it says nothing: %v %s", v.cmd.Wait(), said.Bytes())
	}
	v.address = lines.Text()
	lines.Scan()
	v.second = lines.Text()
	return v
}

// post sends a message and returns the status, 0 when the server is gone, and the answer.
func (v *served) post(token, path string, message any) (int, []byte) {
	body, err := json.Marshal(message)
	if err != nil {
		v.Error(err)
	}
	r, err := http.NewRequest("POST", v.address+"/api/2.0/mlflow/"+path, bytes.NewReader(body))
	if err != nil {
		v.Error(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil
	}
	return answer.StatusCode, b
}

func TestServe(t *testing.T) {
	s := newScene(t)
	v := s.serve()
	variable, token, found := strings.Cut(v.second, " MLFLOW_TRACKING_TOKEN=")
	if variable != "export MLFLOW_TRACKING_URI="+v.address || !found || len(token) < 20 {
		t.Errorf("the second line is %q", v.second)
	}
	for given, want := range map[string]int{"": 401, "x": 401, token: 200} {
		if status, answer := v.post(given, "runs/create", map[string]string{"experiment_id": "0"}); status != want {
			t.Errorf("token %q: status %d, want %d: %s", given, status, want, answer)
		}
	}
	if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Wait(); err != nil {
		t.Errorf("SIGTERM ends it with %v", err)
	}
	if out, err := s.gemba("verify").CombinedOutput(); err != nil {
		t.Errorf("verify: %v\n%s", err, out)
	}
}

// TestServeKilled kills a server while clients log batches: what was answered is there again, and no batch by half.
func TestServeKilled(t *testing.T) {
	s := newScene(t)
	v := s.serve("--no-token")
	var run struct {
		Run struct {
			Info struct {
				ID string `json:"run_id"`
			}
		}
	}
	_, answer := v.post("", "runs/create", map[string]string{"experiment_id": "0"})
	if err := json.Unmarshal(answer, &run); err != nil {
		t.Fatal(err)
	}
	id := run.Run.Info.ID
	answered := map[int]bool{}
	for round := range 5 {
		kill := time.AfterFunc(time.Duration(50+40*round)*time.Millisecond, func() { _ = v.cmd.Process.Kill() })
		v.logUntilGone(id, round, answered)
		kill.Stop()
		_ = v.cmd.Wait() // it was killed
		v = s.serve("--no-token")
		v.checkHistory(id, answered)
	}
	if len(answered) == 0 {
		t.Error("nothing was answered before the kills")
	}
}

const batchSize = 20

// logUntilGone lets four clients log batches, each with a number that is the value of all its points.
func (v *served) logUntilGone(run string, round int, answered map[int]bool) {
	var mu sync.Mutex
	var clients sync.WaitGroup
	for c := range 4 {
		clients.Go(func() {
			for i := 0; ; i++ {
				number := round*1_000_000 + c*100_000 + i
				var metrics []map[string]any
				for j := range batchSize {
					metrics = append(metrics, map[string]any{"key": "batch", "value": number, "timestamp": 1, "step": j})
				}
				status, answer := v.post("", "runs/log-batch", map[string]any{"run_id": run, "metrics": metrics})
				if status == 0 {
					return
				}
				if status != http.StatusOK {
					v.Errorf("batch %d: status %d: %s", number, status, answer)
					return
				}
				mu.Lock()
				answered[number] = true
				mu.Unlock()
			}
		})
	}
	clients.Wait()
}

func (v *served) checkHistory(run string, answered map[int]bool) {
	v.Helper()
	answer, err := http.Get(fmt.Sprintf("%s/api/2.0/mlflow/metrics/get-history?run_id=%s&metric_key=batch", v.address, run))
	if err != nil {
		v.Fatal(err)
	}
	defer answer.Body.Close()
	var history struct{ Metrics []struct{ Value float64 } }
	if err := json.NewDecoder(answer.Body).Decode(&history); err != nil {
		v.Fatal(err)
	}
	points := map[int]int{}
	for _, m := range history.Metrics {
		points[int(m.Value)]++
	}
	for number, n := range points {
		if n != batchSize {
			v.Errorf("batch %d has %d points of %d", number, n, batchSize)
		}
	}
	for number := range answered {
		if points[number] == 0 {
			v.Errorf("batch %d was answered and is not there", number)
		}
	}
}

//go:build unix

package browser

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// beside are the figures of a peer, each with its unit, or why there are none.
type beside struct{ cold, warm, server, size string }

// measureMLflow opens MLflow's own page with the same runs.
func (b *bench) measureMLflow(t *testing.T, runs []byte) beside {
	t.Helper()
	address, stop, err := b.startMLflow(t.TempDir(), runs)
	if err != nil {
		t.Logf("MLflow is not measured: %v", err)
		return beside{}
	}
	defer stop()
	open := func() float64 {
		took, w := b.seen(t, address+"/#/experiments/1/runs", "[role=gridcell][col-id='attributes.`Run Name`']", nil)
		w.leave()
		return took
	}
	cold := open()
	warm := []float64{open(), open(), open()}
	slices.Sort(warm)
	const search = `{"experiment_ids":["1"],"max_results":100,"order_by":["attributes.start_time DESC"],"run_view_type":"ACTIVE_ONLY"}`
	took, size := asked(t, 20, func() (*http.Request, error) { // as its page asks
		r, err := http.NewRequest(http.MethodPost, address+"/ajax-api/2.0/mlflow/runs/search", strings.NewReader(search))
		if err == nil {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept-Encoding", "gzip")
		}
		return r, err
	})
	return beside{fmt.Sprintf("%.0f ms", cold), fmt.Sprintf("%.0f ms", warm[1]), fmt.Sprintf("%.0f ms", took), fmt.Sprintf("%.0f kB", size/1000)}
}

// startMLflow fills a store of MLflow's and serves it.
func (b *bench) startMLflow(dir string, runs []byte) (address string, stop func(), err error) {
	bin, err := b.peers()
	if err != nil {
		return "", nil, err
	}
	store := "sqlite:///" + filepath.Join(dir, "m.db")
	for _, step := range []*exec.Cmd{
		exec.Command(filepath.Join(bin, "mlflow"), "db", "upgrade", store),
		exec.Command(filepath.Join(bin, "python"), filepath.Join(b.root, "tracker", "ui", "browser", "testdata", "many", "mlflow.py"), filepath.Join(dir, "m.db")),
	} {
		step.Stdin = bytes.NewReader(runs)
		if out, err := step.CombinedOutput(); err != nil {
			return "", nil, fmt.Errorf("run %s: %w\n%s", step, err, out)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	port := fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
	_ = l.Close()
	c := exec.Command("sh", "-c", `"$@" & cat >/dev/null; kill -9 -$$`, "sh", // ends also when the test dies, with all that it started
		filepath.Join(bin, "mlflow"), "server", "--backend-store-uri", store, "--workers", "1", "--host", "127.0.0.1", "--port", port)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Dir, c.Env = dir, append(os.Environ(), "MLFLOW_DISABLE_TELEMETRY=true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false", "GIT_PYTHON_REFRESH=quiet")
	life, err := c.StdinPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = life.Close()
		_ = c.Wait() // it was killed
	}
	address = "http://127.0.0.1:" + port
	if err := awaits(address + "/health"); err != nil {
		stop()
		return "", nil, err
	}
	return address, stop, nil
}

// awaits returns when an address answers.
func awaits(address string) error {
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if r, err := http.Get(address); err == nil {
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	return errors.New("MLflow's server does not answer")
}

// peers returns the folder of MLflow's programs: the virtual environment of tracker/mlflow/bench, made when it is not there.
func (b *bench) peers() (bin string, err error) {
	dir, lock := filepath.Join(b.root, ".cache", "peers", "mlflow"), filepath.Join(b.root, "tracker", "mlflow", "bench", "requirements.lock")
	bin = filepath.Join(dir, "bin")
	want, err := os.ReadFile(lock)
	if err != nil {
		return "", err
	}
	if have, err := os.ReadFile(filepath.Join(dir, "requirements.lock")); err == nil && bytes.Equal(have, want) {
		return bin, nil
	}
	if err := b.command(b.root, "python3", "-m", "venv", "--clear", dir); err != nil {
		return "", err
	}
	if err := b.command(b.root, filepath.Join(bin, "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", lock); err != nil {
		return "", err
	}
	return bin, os.WriteFile(filepath.Join(dir, "requirements.lock"), want, 0o644)
}

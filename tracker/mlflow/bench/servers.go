//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// A server is a contender.
type server struct {
	name     string
	address  string
	figures  map[string][]float64 // by what was measured, of all rounds
	searched bool                 // its runs for the search are there
}

// start starts all contenders: gemba, its peers, and the server that only answers. Stop ends them.
func (b *bench) start(ctx context.Context, bin string) (all []*server, stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, s := range stops {
			s()
		}
	}
	for _, c := range []struct {
		name string
		arg  func(port string) []string
	}{
		{"gemba", func(port string) []string {
			return []string{b.gemba, "serve", "--ledger", filepath.Join(b.scratch, "ledger"), "--listen", "127.0.0.1:" + port, "--no-token"}
		}},
		{"FastTrackML", func(port string) []string {
			return []string{filepath.Join(bin, "fml"), "server", "--listen-address", "127.0.0.1:" + port}
		}},
		{"MLflow", func(port string) []string {
			return []string{filepath.Join(bin, "mlflow"), "server", "--backend-store-uri", "sqlite:///m.db", "--workers", "1", "--host", "127.0.0.1", "--port", port}
		}},
	} {
		s, end, err := b.startOne(ctx, c.name, c.arg)
		if end != nil {
			stops = append(stops, end)
		}
		if err != nil {
			return all, stop, err
		}
		all = append(all, s)
	}
	s, end := startMute()
	stops = append(stops, end)
	return append(all, s), stop, nil
}

// startOne starts a server in a folder of its own, and returns when it answers.
func (b *bench) startOne(ctx context.Context, name string, arg func(port string) []string) (*server, func(), error) {
	dir := filepath.Join(b.scratch, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, nil, err
	}
	args := arg(port)
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &said, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // MLflow's server has children
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", name, err)
	}
	end := func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		time.AfterFunc(5*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		_ = cmd.Wait() // it was told to end
	}
	s := &server{name: name, address: "http://127.0.0.1:" + port, figures: map[string][]float64{}}
	if err := s.await(ctx); err != nil {
		return nil, end, fmt.Errorf("start %s: %w\n%s", name, err, said.Bytes())
	}
	return s, end, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), l.Close()
}

func (s *server) await(ctx context.Context) error {
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline) && ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		if r, err := http.Get(s.address + "/health"); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	return errors.Join(ctx.Err(), errors.New("it does not answer"))
}

// round lets the client work with the server once, and keeps the figures that it prints.
func (s *server) round(ctx context.Context, bin, scratch string, runs int) error {
	if s.searched {
		runs = -runs
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "python"), filepath.Join(scratch, "client.py"), s.name, strconv.Itoa(runs))
	cmd.Env = append(os.Environ(), "MLFLOW_TRACKING_URI="+s.address, "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT=true", "MLFLOW_DISABLE_TELEMETRY=true", "GIT_PYTHON_REFRESH=quiet")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("measure %s: %w\n%s", s.name, err, said.Bytes())
	}
	s.searched = true
	got := map[string][]float64{}
	if err := json.Unmarshal(out, &got); err != nil {
		return fmt.Errorf("measure %s: %w: %s", s.name, err, out)
	}
	for what, values := range got {
		s.figures[what] = append(s.figures[what], values...)
	}
	return nil
}

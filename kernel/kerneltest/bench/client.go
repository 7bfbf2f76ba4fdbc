//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// A spec is how to start a kernel: its kernel.json, in short.
type spec struct {
	name string
	argv []string // one argument contains {connection_file}
	env  []string // added to this process's
	dir  string   // where its notebook would lie

	ledger   string // where gemba records, empty for another kernel
	executed *int   // cells so far
}

// A kernel is a running one with the client that talks to it.
type kernel struct {
	spec    spec
	cmd     *exec.Cmd
	ended   chan struct{}
	key     wire.Key
	session string
	shell   *socket
	control *socket
	iopub   *socket
	heard   chan heard
	first   time.Duration // from the start of the process to the first kernel_info_reply
}

// limit is a guard against hanging; nothing measured comes near it.
const limit = 5 * time.Minute

// startKernel starts a kernel and waits until it has answered a first request.
func startKernel(ctx context.Context, s spec, scratch string) (*kernel, error) {
	connection, file, err := writeConnection(scratch)
	if err != nil {
		return nil, err
	}
	k := &kernel{spec: s, key: wire.NewKey(connection.Key), session: rand.Text(), ended: make(chan struct{}), heard: make(chan heard, 4096)}
	begin := time.Now()
	if err := k.launch(file); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	go func() { // do not wait for a kernel that ended
		select {
		case <-k.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := k.greet(ctx, connection, begin); err != nil {
		k.stop()
		said, _ := os.ReadFile(k.logName(file)) // if there is nothing to read, it said nothing
		return nil, fmt.Errorf("start %s: %w; it said:\n%s", s.name, err, said)
	}
	return k, nil
}

func (k *kernel) greet(ctx context.Context, c wire.Connection, begin time.Time) (err error) {
	for _, to := range []struct {
		socket  **socket
		kind    string
		channel wire.Channel
	}{{&k.shell, "DEALER", wire.Shell}, {&k.iopub, "SUB", wire.IOPub}, {&k.control, "DEALER", wire.Control}} {
		network, address := c.Address(to.channel)
		if *to.socket, err = connect(ctx, to.kind, network, address); err != nil {
			return err
		}
	}
	go k.listen(k.shell, true)
	go k.listen(k.iopub, false)
	if _, err = k.request(ctx, wire.KernelInfoRequest, struct{}{}, false); err != nil {
		return err
	}
	k.first = time.Since(begin)
	return k.subscribed(ctx)
}

// subscribed waits until the kernel has noticed the subscription: what it publishes is heard.
func (k *kernel) subscribed(ctx context.Context) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		_, err := k.request(attempt, wire.KernelInfoRequest, struct{}{}, true)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

func writeConnection(scratch string) (c wire.Connection, file string, err error) {
	ports := [5]int{}
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return c, "", fmt.Errorf("find free ports: %w", err)
		}
		defer l.Close() // all five are held until all are known
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	c = wire.Connection{Transport: "tcp", IP: "127.0.0.1", ShellPort: ports[0], ControlPort: ports[1], StdinPort: ports[2],
		IOPubPort: ports[3], HBPort: ports[4], Key: rand.Text(), SignatureScheme: "hmac-sha256"}
	text, err := json.Marshal(c)
	if err != nil {
		return c, "", err
	}
	file = filepath.Join(scratch, "kernel-"+rand.Text()+".json")
	return c, file, os.WriteFile(file, text, 0o600)
}

func (k *kernel) launch(file string) error {
	var argv []string
	for _, arg := range k.spec.argv {
		argv = append(argv, strings.ReplaceAll(arg, "{connection_file}", file))
	}
	log, err := os.Create(k.logName(file))
	if err != nil {
		return err
	}
	defer log.Close()
	k.cmd = exec.Command(argv[0], argv[1:]...)
	k.cmd.Dir, k.cmd.Env = k.spec.dir, append(os.Environ(), k.spec.env...)
	k.cmd.Stdout, k.cmd.Stderr = log, log
	k.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := k.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", k.spec.name, err)
	}
	go func() { _ = k.cmd.Wait(); close(k.ended) }()
	return nil
}

func (k *kernel) logName(file string) string {
	return strings.TrimSuffix(file, ".json") + "-" + k.spec.name + ".log"
}

// stop asks the kernel to shut down, and ends what is left of it.
func (k *kernel) stop() {
	if k.control != nil {
		_ = k.control.send(k.message(wire.ShutdownRequest, map[string]bool{"restart": false}).Frames(k.key))
	}
	select {
	case <-k.ended:
	case <-time.After(5 * time.Second):
	}
	_ = syscall.Kill(-k.cmd.Process.Pid, syscall.SIGKILL)
	<-k.ended
	for _, s := range []*socket{k.shell, k.control, k.iopub} {
		if s != nil {
			s.conn.Close()
		}
	}
}

func (k *kernel) listen(s *socket, shell bool) {
	for {
		frames, err := s.receive()
		if err != nil {
			return // the kernel has ended, which whoever waits notices
		}
		select {
		case k.heard <- heard{frames, time.Now(), shell}:
		case <-k.ended:
			return
		}
	}
}

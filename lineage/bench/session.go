//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// A session is a kernel of gemba with a front end that waits for its cells.
type session struct {
	kernel *exec.Cmd
	files  string // folder of its connection file, sockets and ledger
	line   kerneltest.Line
	heard  chan heard
	sent   int
}

// heard is a message and when it came.
type heard struct {
	wire.Message
	at  time.Time
	err error
}

// startSession starts a kernel in dir, with more in its environment, and connects to it.
func (b *bench) startSession(dir string, env ...string) (*session, error) {
	scratch, err := os.MkdirTemp(b.scratch, "*")
	if err != nil {
		return nil, err
	}
	c := wire.Connection{Transport: "ipc", IP: filepath.Join(scratch, "k"), ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4,
		HBPort: 5, Key: "bench", SignatureScheme: "hmac-sha256"}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(scratch, "connection.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, err
	}
	s := &session{kernel: exec.Command(b.gemba, "kernel", "--connection-file", file), files: scratch, heard: make(chan heard, 64)}
	s.kernel.Dir, s.kernel.Env = dir, append(os.Environ(), append(env, "GEMBA_LEDGER="+filepath.Join(scratch, "ledger"))...)
	s.kernel.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.kernel.Start(); err != nil {
		return nil, fmt.Errorf("start kernel: %w", err)
	}
	if s.line, err = kerneltest.Dial(c, "bench"); err != nil {
		return nil, errors.Join(err, s.close())
	}
	for _, channel := range []wire.Channel{wire.Shell, wire.IOPub} {
		go s.listen(channel)
	}
	return s, nil
}

func (s *session) listen(channel wire.Channel) {
	for {
		m, err := s.line.Read(channel)
		s.heard <- heard{m, time.Now(), err}
		if err != nil {
			return
		}
	}
}

// execute runs a cell, which must print want, and returns how long its front end waits: until it has reply and idle status.
func (s *session) execute(code, want string) (time.Duration, error) {
	s.sent++
	m := wire.Message{Header: wire.Header{Type: wire.ExecuteRequest, MsgID: fmt.Sprint("request-", s.sent), Session: "bench",
		Username: "bench", Version: wire.ProtocolVersion, Date: wire.FormatDate(time.Now())}}
	var err error
	if m.Content, err = json.Marshal(map[string]any{"code": code}); err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := s.line.Write(wire.Shell, m); err != nil {
		return 0, fmt.Errorf("send cell: %w", err)
	}
	printed, end, err := s.answer(m.Header.MsgID)
	if err == nil && !strings.Contains(printed, want) {
		err = fmt.Errorf("a cell printed %q, want %q", printed, want)
	}
	return end.Sub(begin), err
}

// answer collects what a cell prints, errors too, until the last of its reply and its idle status.
func (s *session) answer(id string) (printed string, end time.Time, err error) {
	for replied, idle := false, false; !replied || !idle; {
		h := <-s.heard
		if h.err != nil {
			return printed, h.at, fmt.Errorf("wait for cell: %w", h.err)
		}
		if !strings.Contains(string(h.Parent), `"`+id+`"`) {
			continue
		}
		var content struct {
			Text, EValue string
			State        string `json:"execution_state"`
		}
		if err := json.Unmarshal(h.Content, &content); err != nil {
			return printed, h.at, fmt.Errorf("read %s: %w", h.Header.Type, err)
		}
		printed, end = printed+content.Text+content.EValue, h.at
		replied, idle = replied || h.Header.Type == wire.ExecuteReply, idle || content.State == wire.Idle
	}
	return printed, end, nil
}

// close ends the kernel.
func (s *session) close() error {
	_ = s.kernel.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(10*time.Second, func() { _ = syscall.Kill(-s.kernel.Process.Pid, syscall.SIGKILL) })
	_ = s.kernel.Wait() // what it was measured for is known
	kill.Stop()
	if s.line != nil {
		_ = s.line.Close()
	}
	return removeAll(s.files)
}

//go:build unix && !linux

package process

import "syscall"

// attributes give a program a session and a process group of its own, so that it and its children
// can be signalled together and cannot wait for a terminal.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// spawner starts programs.
type spawner struct{}

func newSpawner() *spawner { return &spawner{} }

func (*spawner) do(start func() error) error { return start() }

func (*spawner) close() {}

//go:build !unix

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// passedOn returns the signals that come from now on. The system sends them to all programs of a console.
func passedOn() chan os.Signal {
	c := make(chan os.Signal, 64)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return c
}

func ends(os.Signal) bool     { return true }
func isResize(os.Signal) bool { return false }

func signalName(s os.Signal) string {
	if s == os.Interrupt {
		return "SIGINT"
	}
	return "SIGTERM"
}

// hasTerminal says yes: the program stays in this process's console.
func hasTerminal() bool { return true }

func (p *program) attributes() *syscall.SysProcAttr { return nil }

// fromTerminal says yes: what comes to this process has come to the program.
func fromTerminal(os.Signal) bool { return true }

func (p *program) signal(process *os.Process, _ os.Signal) { _ = process.Kill() }
func (p *program) tellResized(*os.Process)                 {}

func statusOf(state *os.ProcessState) int { return state.ExitCode() }

package usage

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programVariable has this test binary be a program that uses the machine.
const programVariable = "GEMBA_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if parts := os.Getenv(programVariable); parts != "" {
		os.Exit(program(strings.Fields(parts)))
	}
	os.Exit(m.Run())
}

// The sizes of what the program uses.
const (
	burned    = 100 * time.Millisecond
	written   = 50 << 20
	allocated = 300 << 20
	sent      = 20 << 20
	answered  = 3 << 20
)

var kept []byte

// parts of a program: each is done, then a line is printed, and then the program waits for a line; but for those with a mark behind.
var parts = map[string]func(argument string) error{
	"burn": func(string) error { return burn(burned) },
	"disk": func(path string) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		b := make([]byte, written)
		for i := range b {
			b[i] = byte(i * i >> 7)
		}
		if _, err := f.Write(b); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
		const dontNeed = 4 // POSIX_FADV_DONTNEED: what is read next comes from the disk
		_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0)
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, f)
		return err
	},
	"memory": func(string) error {
		kept = make([]byte, allocated)
		for i := 0; i < len(kept); i += 4096 {
			kept[i] = 1
		}
		return nil
	},
	"send": func(address string) error {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		if _, err := c.Write(make([]byte, sent)); err != nil {
			return err
		}
		_, err = io.CopyN(io.Discard, c, answered)
		return err
	},
	// A child that its parent does not wait for, and that is given away when the parent dies.
	"orphan": func(string) error {
		c := exec.Command("/bin/sh", "-c", os.Args[0]+" & exit 0")
		c.Env = append(os.Environ(), programVariable+"=burn! announce! hang")
		c.Stdout = os.Stdout
		return c.Run()
	},
	"hang":     func(string) error { select {} },
	"announce": func(string) error { _, err := fmt.Println("pid", os.Getpid()); return err },
	"stay":     func(string) error { return nil },
}

// burn uses so much of a processor.
func burn(d time.Duration) error {
	for {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return err
		}
		if time.Duration(u.Utime.Nano()+u.Stime.Nano()) >= d {
			return nil
		}
	}
}

func program(todo []string) int {
	in := bufio.NewReader(os.Stdin)
	for _, part := range todo {
		name, argument, _ := strings.Cut(part, "=")
		name, goesOn := strings.CutSuffix(name, "!")
		if err := parts[name](argument); err != nil {
			fmt.Println(err)
			return 1
		}
		if goesOn {
			continue
		}
		fmt.Println("did", name)
		if _, err := in.ReadString('\n'); err != nil {
			return 2
		}
	}
	return 0
}

package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/kernel/watch"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/kernel/zmtp"
)

// ChildOptions say how a wrapped kernel is started. Spec is required.
type ChildOptions struct {
	Spec   kernelspec.Spec
	Key    string                       // that of the front end, so that its messages can be passed on as they are; empty: messages are not signed
	Dir    string                       // where the kernel starts; empty: the working directory
	Env    func(folder string) []string // variables beside this process's and the kernelspec's, each "NAME=value", by the kernel's folder; nil: none
	TCP    bool                         // it is talked to over loopback ports and not over sockets in a folder
	Stdout io.Writer
	Stderr io.Writer
	Log    func(message string) // nil: silence
}

// Child is a wrapped kernel: its process, the folder of its connection file, and the channels to it.
type Child struct {
	ChildOptions
	Folder     string // private to this process and the kernel
	connection wire.Connection
	cmd        *exec.Cmd
	channels   map[wire.Channel]*zmtp.Socket
	watcher    *watch.Watcher
	statistics statistics
	gone       chan struct{}
	end        error // why it is gone; set before gone is closed
}

// StartChild starts the kernel of a kernelspec. The caller connects to it, and closes it.
func StartChild(o ChildOptions) (*Child, error) {
	if o.Log == nil {
		o.Log = func(string) {}
	}
	c := &Child{ChildOptions: o, channels: map[wire.Channel]*zmtp.Socket{}, gone: make(chan struct{})}
	var err error
	if c.watcher, err = watch.Start(); err != nil {
		c.Log("what the kernel starts may outlive it: " + err.Error())
		c.watcher = &watch.Watcher{} // does nothing
	}
	if c.Folder, err = c.watcher.MakeFolder(""); err != nil {
		c.watcher.Close()
		return nil, fmt.Errorf("make a folder for the kernel's sockets: %w", err)
	}
	if err := c.start(); err != nil {
		c.watcher.Close()
		return nil, errors.Join(err, os.RemoveAll(c.Folder))
	}
	c.watcher.Group(c.PID(), true)
	c.statistics = newStatistics(c.PID())
	return c, nil
}

func (c *Child) start() error {
	var err error
	if c.connection, err = c.connect(); err != nil {
		return err
	}
	file := filepath.Join(c.Folder, "connection.json")
	text, err := json.Marshal(c.connection)
	if err != nil {
		return fmt.Errorf("write connection file: %w", err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("write connection file: %w", err)
	}
	words := c.Spec.Command(file)
	c.cmd = exec.Command(words[0], words[1:]...)
	c.cmd.Dir, c.cmd.Stdout, c.cmd.Stderr = c.Dir, c.Stdout, c.Stderr
	c.cmd.WaitDelay = time.Second // what it started may keep its output open
	// The kernel ends itself when its parent is gone, which is this process.
	more := []string{"JPY_PARENT_PID=" + strconv.Itoa(os.Getpid())}
	if c.Env != nil {
		more = append(more, c.Env(c.Folder)...)
	}
	c.cmd.Env = c.Spec.Environ(os.Environ(), more)
	return spawn(c.cmd, c.buried)
}

// longest is how long the path of a socket may be before its number, in bytes, on every system.
const longest = 100

// connect chooses where the kernel listens.
func (c *Child) connect() (wire.Connection, error) {
	w := wire.Connection{Transport: "ipc", IP: filepath.Join(c.Folder, "k"), Key: c.Key, SignatureScheme: "hmac-sha256", KernelName: c.Spec.Name()}
	ports := []int{1, 2, 3, 4, 5}
	if c.TCP || !socketFiles || len(w.IP) > longest {
		var err error
		if ports, err = freePorts(len(ports)); err != nil {
			return w, err
		}
		w.Transport, w.IP = "tcp", "127.0.0.1"
	}
	w.ShellPort, w.ControlPort, w.StdinPort, w.IOPubPort, w.HBPort = ports[0], ports[1], ports[2], ports[3], ports[4]
	return w, nil
}

// buried takes note of how the kernel ended.
func (c *Child) buried(err error) {
	c.end = err
	close(c.gone)
}

// kinds are the ZeroMQ types of the channels to a kernel. Its heartbeat is not asked: its process is watched.
var kinds = map[wire.Channel]zmtp.Kind{wire.Shell: zmtp.Dealer, wire.Control: zmtp.Dealer, wire.Stdin: zmtp.Dealer, wire.IOPub: zmtp.Sub}

// dealer is what the channels to a kernel are called, all the same: a kernel asks for input where the request came from.
const dealer = "gemba"

// largest is how much a message to or from the kernel may hold, and how much may wait for it, in bytes: more than fits anywhere
// else, for neither is limited without gemba.
const largest = 4 << 30

// Connect waits until the kernel listens, or is gone.
func (c *Child) Connect(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-c.gone:
			cancel(c.Fault())
		case <-ctx.Done():
		}
	}()
	for channel, kind := range kinds {
		network, address := c.connection.Address(channel)
		socket, err := zmtp.Dial(ctx, kind, network, address, zmtp.Options{Identity: dealer, MaxSize: largest, Limit: largest, Log: c.Log})
		if err != nil {
			return fmt.Errorf("connect to the kernel's %s channel: %w", channel, err)
		}
		c.channels[channel] = socket
	}
	return nil
}

// Gone is closed when the kernel's process has ended.
func (c *Child) Gone() <-chan struct{} { return c.gone }

// ErrDied says that the wrapped kernel ended by itself.
var ErrDied = errors.New("the kernel died")

// Fault says how the kernel ended, once it is gone: nil after an exit with 0.
func (c *Child) Fault() error {
	if c.end == nil {
		return nil
	}
	return fmt.Errorf("%w: %s: %w", ErrDied, c.Spec.Name(), c.end)
}

// PID is the kernel's process.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Interrupt does to the kernel, and to what it started, what Ctrl-C does.
func (c *Child) Interrupt() error { return interrupt(c.cmd) }

// Stop ends the kernel and what it started: at once those that listen to being told, the others after a grace.
func (c *Child) Stop(grace time.Duration) {
	select {
	case <-c.gone:
	default:
		terminate(c.cmd)
	}
	select {
	case <-c.gone:
	case <-time.After(grace):
	}
	kill(c.cmd)
	<-c.gone
}

// Close ends the kernel, if it runs, and removes its folder.
func (c *Child) Close() error {
	c.Stop(0)
	for _, s := range c.channels {
		_ = s.Close(0) // nobody listens
	}
	c.statistics.close()
	c.watcher.Close() // which leaves nothing of it, unless somebody killed the watcher
	if err := os.RemoveAll(c.Folder); err != nil {
		return fmt.Errorf("remove the kernel's folder: %w", err)
	}
	return nil
}

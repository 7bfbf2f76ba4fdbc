package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
)

// Connection is a connection file: where a kernel listens and with which key messages are signed
// (https://jupyter-client.readthedocs.io/en/latest/kernels.html#connection-files).
type Connection struct {
	Transport       string `json:"transport"` // "tcp" or "ipc"
	IP              string `json:"ip"`        // for ipc the prefix of five socket paths
	ShellPort       int    `json:"shell_port"`
	ControlPort     int    `json:"control_port"`
	StdinPort       int    `json:"stdin_port"`
	IOPubPort       int    `json:"iopub_port"`
	HBPort          int    `json:"hb_port"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"`
	KernelName      string `json:"kernel_name,omitempty"`

	// The key pair of encrypted sockets (CURVE), in Z85; both empty when the front end wants no encryption.
	CurvePublicKey string `json:"curve_publickey,omitempty"`
	CurveSecretKey string `json:"curve_secretkey,omitempty"`
}

// alien are the fields of connection files that ask for what this kernel does not do.
type alien struct {
	RegistrationPort int `json:"registration_port"`
}

// ReadConnection reads and validates the connection file at path.
func ReadConnection(path string) (Connection, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Connection{}, fmt.Errorf("read connection file: %w: a front end writes it before it starts a kernel; start one with jupyter lab, or run a notebook with gemba run", err)
	}
	if err != nil {
		return Connection{}, fmt.Errorf("read connection file: %w", err)
	}
	c, err := ParseConnection(b)
	if err != nil {
		return Connection{}, fmt.Errorf("read connection file %s: %w", path, err)
	}
	return c, nil
}

// ParseConnection decodes and validates a connection file's bytes.
func ParseConnection(b []byte) (Connection, error) {
	c := Connection{Transport: "tcp", SignatureScheme: "hmac-sha256"}
	if err := json.Unmarshal(b, &c); err != nil {
		return Connection{}, fmt.Errorf("not a connection file: %w", err)
	}
	var a alien
	_ = json.Unmarshal(b, &a) // a field of another type is not the field that is meant
	if err := a.check(); err != nil {
		return Connection{}, err
	}
	return c, c.Validate()
}

func (a alien) check() error {
	if a.RegistrationPort != 0 {
		return errors.New("this is a registration file (protocol 5.6), this kernel wants a connection file with five ports")
	}
	return nil
}

// Validate reports what is wrong with the connection, in the words of its file.
func (c Connection) Validate() error {
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("transport is %q, want tcp or ipc", c.Transport)
	}
	if c.SignatureScheme != "hmac-sha256" && c.Key != "" {
		return fmt.Errorf("signature_scheme is %q, want hmac-sha256", c.SignatureScheme)
	}
	if c.IP == "" {
		return errors.New("ip is missing")
	}
	seen := map[int]Channel{}
	for _, ch := range []Channel{Shell, Control, Stdin, IOPub, Heartbeat} {
		port := c.Port(ch)
		if port < 1 || port > 65535 {
			return fmt.Errorf("%s_port is %d, want 1 to 65535", ch, port)
		}
		if other, twice := seen[port]; twice {
			return fmt.Errorf("%s_port and %s_port are both %d", other, ch, port)
		}
		seen[port] = ch
	}
	if c.Key == "" && !c.local() {
		return fmt.Errorf("ip is %s and key is empty: anybody in the network could run code here; let the front end write a key, or use 127.0.0.1", c.IP)
	}
	_, _, err := c.CurveKeys()
	return err
}

// local reports whether only programs on this machine can connect.
func (c Connection) local() bool {
	return c.Transport == "ipc" || c.IP == "localhost" || net.ParseIP(c.IP).IsLoopback()
}

// Port returns the port of a channel, 0 for an unknown channel.
func (c Connection) Port(ch Channel) int {
	return map[Channel]int{Shell: c.ShellPort, Control: c.ControlPort, Stdin: c.StdinPort,
		IOPub: c.IOPubPort, Heartbeat: c.HBPort}[ch]
}

// Address returns the network ("tcp" or "unix") and address of a channel, as package net names them.
func (c Connection) Address(ch Channel) (network, address string) {
	port := strconv.Itoa(c.Port(ch))
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + port
	}
	if c.IP == "*" {
		return "tcp", ":" + port
	}
	return "tcp", net.JoinHostPort(c.IP, port)
}

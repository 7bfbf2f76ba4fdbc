package wire

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const ports = `"shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5`

func TestConnection(t *testing.T) {
	got, err := ParseConnection([]byte(`{"ip":"127.0.0.1","key":"k","kernel_name":"gemba","extra":[],` + ports + `}`))
	want := Connection{Transport: "tcp", IP: "127.0.0.1", ShellPort: 1, ControlPort: 2, StdinPort: 3, IOPubPort: 4, HBPort: 5,
		Key: "k", SignatureScheme: "hmac-sha256", KernelName: "gemba"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("connection, %v (-want +got):\n%s", err, diff)
	}
}

func TestAddress(t *testing.T) {
	for _, test := range []struct{ transport, ip, network, address string }{
		{"tcp", "127.0.0.1", "tcp", "127.0.0.1:4"},
		{"tcp", "::1", "tcp", "[::1]:4"},
		{"tcp", "*", "tcp", ":4"},
		{"ipc", "/run/kernel-ipc", "unix", "/run/kernel-ipc-4"},
	} {
		c := Connection{Transport: test.transport, IP: test.ip, IOPubPort: 4}
		if network, address := c.Address(IOPub); network != test.network || address != test.address {
			t.Errorf("%+v listens on %s %s", test, network, address)
		}
	}
}

func TestConnectionsWithoutAKeyStayOnThisMachine(t *testing.T) {
	for _, text := range []string{
		`{"ip":"127.0.0.1",` + ports + `}`, `{"ip":"::1",` + ports + `}`, `{"ip":"localhost",` + ports + `}`,
		`{"ip":"/run/kernel","transport":"ipc",` + ports + `}`, `{"ip":"0.0.0.0","key":"k",` + ports + `}`,
	} {
		if _, err := ParseConnection([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestBadConnections(t *testing.T) {
	for _, test := range []struct{ text, says string }{
		{``, "not a connection file"},
		{`[]`, "not a connection file"},
		{`{"ip":"x","shell_port":"1"}`, "not a connection file"},
		{`{` + ports + `}`, "ip is missing"},
		{`{"ip":"x"}`, "shell_port is 0"},
		{`{"ip":"x","shell_port":1,"control_port":1,"stdin_port":3,"iopub_port":4,"hb_port":5}`, "shell_port and control_port are both 1"},
		{`{"ip":"x","shell_port":70000}`, "shell_port is 70000"},
		{`{"ip":"x","transport":"carrier pigeon",` + ports + `}`, "transport is"},
		{`{"ip":"x","key":"k","signature_scheme":"hmac-md5",` + ports + `}`, "signature_scheme is"},
		{`{"ip":"127.0.0.1","curve_publickey":"` + alicePublic + `",` + ports + `}`, "curve_secretkey is missing"},
		{`{"ip":"127.0.0.1","curve_secretkey":"abc",` + ports + `}`, "curve_publickey is missing"},
		{`{"ip":"127.0.0.1","curve_publickey":"abc","curve_secretkey":"` + aliceSecret + `",` + ports + `}`, "curve_publickey is 3 characters long"},
		{`{"ip":"127.0.0.1","curve_publickey":"` + alicePublic + `","curve_secretkey":"` + aliceSecret[:39] + `\"",` + ports + `}`, "curve_secretkey is no key"},
		{`{"ip":"127.0.0.1","curve_publickey":"` + alicePublic + `","curve_secretkey":"` + bobSecret + `",` + ports + `}`, "do not belong together"},
		{`{"ip":"*","curve_publickey":"` + alicePublic + `","curve_secretkey":"` + aliceSecret + `",` + ports + `}`, "anybody in the network"},
		{`{"ip":"0.0.0.0",` + ports + `}`, "anybody in the network"},
		{`{"ip":"*","key":"",` + ports + `}`, "anybody in the network"},
		{`{"registration_ip":"x","registration_port":7}`, "registration file"},
	} {
		if _, err := ParseConnection([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.text, err, test.says)
		}
	}
}

func TestReadConnection(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadConnection(filepath.Join(dir, "none.json")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "gemba run") {
		t.Errorf("missing file: %v", err)
	}
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte(`{"ip":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadConnection(broken); err == nil || !strings.Contains(err.Error(), broken) {
		t.Errorf("broken file: %v", err)
	}
	if _, err := ReadConnection(dir); err == nil {
		t.Error("a folder was read")
	}
}

package remote

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The servers that tests run: a real S3 server, built from its module, and the registry that Debian ships.
const gateway = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"

// peers is where they are kept, outside of what git sees.
func peers(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../.cache/peers")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// lacking skips a test whose server cannot be had; in CI it fails.
func lacking(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// command runs a command of an installation.
func command(dir string, env []string, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %v: %w\n%s", name, args, err, out)
	}
	return nil
}

var installing sync.Mutex

// installed returns a program in the folder of peers, which install puts there when it is not.
func installed(t *testing.T, path string, install func(dir string) error) string {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	dir := peers(t)
	program := filepath.Join(dir, path)
	if _, err := os.Stat(program); err == nil {
		return program
	}
	if err := install(dir); err != nil {
		lacking(t, "%v", err)
	}
	return program
}

func s3Server(t *testing.T) string {
	return installed(t, "bin/versitygw", func(dir string) error {
		return command("", []string{"GOBIN=" + filepath.Join(dir, "bin"), "CGO_ENABLED=0"}, "go", "install", gateway)
	})
}

// registryServer unpacks Debian's package instead of installing it: nothing of the machine's changes.
func registryServer(t *testing.T) string {
	return installed(t, "docker-registry/usr/bin/docker-registry", func(dir string) error {
		tmp := t.TempDir()
		if command(tmp, nil, "apt-get", "-o", "Acquire::Retries=5", "download", "docker-registry") != nil { // no list of packages yet?
			if err := command(tmp, nil, "apt-get", "-o", "Acquire::Retries=5", "update"); err != nil {
				return err
			}
			if err := command(tmp, nil, "apt-get", "-o", "Acquire::Retries=5", "download", "docker-registry"); err != nil {
				return err
			}
		}
		found, err := filepath.Glob(filepath.Join(tmp, "*.deb"))
		if err != nil || len(found) != 1 {
			return fmt.Errorf("download docker-registry: got %v, %w", found, err)
		}
		return command("", nil, "dpkg", "-x", found[0], filepath.Join(dir, "docker-registry"))
	})
}

// serve starts a server, waits until it answers at address, and ends it with the test.
func serve(t *testing.T, address string, c *exec.Cmd) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _, _ = c.Process.Kill(), c.Wait(), log.Close() })
	for range 3600 { // three minutes: a guard against hanging
		conn, err := net.Dial("tcp", address)
		if err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	said, _ := os.ReadFile(log.Name())
	t.Fatalf("%s does not answer at %s:\n%s", c.Path, address, said)
}

// freeAddress returns a loopback address that nobody listens at. Its port is below those that systems give to outgoing
// connections, and to who asks for any port, so that nobody gets it before the server that it is for.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))); err == nil {
			_ = l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port is free")
	return ""
}

// startS3 starts an S3 server over a folder and returns the address of a bucket in it, and where its objects lie.
func startS3(t *testing.T) (address, folder string) {
	program, root, at := s3Server(t), t.TempDir(), freeAddress(t)
	folder = filepath.Join(root, "ledger")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "gemba")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "gemba-in-a-test")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	serve(t, at, exec.Command(program, "--access", "gemba", "--secret", "gemba-in-a-test", "--port", at, "--region", "us-east-1", "--quiet", "posix", root))
	return "s3://ledger?region=us-east-1&use_path_style=true&endpoint=http://" + at, folder
}

// startRegistry starts a registry over a folder and returns the address of a repository in it.
func startRegistry(t *testing.T) (address, folder string) {
	program, root, at := registryServer(t), t.TempDir(), freeAddress(t)
	config := filepath.Join(t.TempDir(), "config.yml")
	text := fmt.Sprintf("version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q}\n", root, at)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_CONFIG", t.TempDir()) // no one's own
	serve(t, at, exec.Command(program, "serve", config))
	return "oci://" + at + "/lab/ledger", root
}

func TestS3Bucket(t *testing.T) {
	address, _ := startS3(t)
	testBucket(t, quick(openBucket(t, address)))
}

func TestRegistryBucket(t *testing.T) {
	address, _ := startRegistry(t)
	testBucket(t, quick(openBucket(t, address)))
}

func TestRoundTripThroughS3(t *testing.T) {
	address, _ := startS3(t)
	testRoundTrip(t, address)
}

func TestRoundTripThroughRegistry(t *testing.T) {
	address, _ := startRegistry(t)
	testRoundTrip(t, address)
}

func TestFlippedByteInS3(t *testing.T) {
	address, folder := startS3(t)
	testFlipped(t, address, folder, func(path string) bool { return !strings.Contains(path, ".sgwtmp") })
}

// TestFlippedByteInRegistry flips bytes of what manifests name, and of manifests.
func TestFlippedByteInRegistry(t *testing.T) {
	address, folder := startRegistry(t)
	testFlipped(t, address, folder, func(path string) bool {
		text, err := os.ReadFile(path)
		return err == nil && filepath.Base(path) == "data" && string(text) != string(emptyConfig)
	})
}

package environ

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func see(t *testing.T, o Options) Environment {
	t.Helper()
	e, err := Capture(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestThisMachine: what is told is what the machine's own commands tell.
func TestThisMachine(t *testing.T) {
	e := see(t, Options{Gemba: "v1.2.3", Engine: "go"})
	says := map[string][]string{
		"go.version": {"go", "env", "GOVERSION"}, "go.os": {"go", "env", "GOOS"}, "go.arch": {"go", "env", "GOARCH"},
		"go.cgo": {"go", "env", "CGO_ENABLED"}, "go.flags": {"go", "env", "GOFLAGS"},
	}
	if runtime.GOOS == "linux" {
		says["os.kernel"] = []string{"uname", "-r"}
		says["os.machine"] = []string{"uname", "-m"}
		says["cpu.available"] = []string{"nproc"}
		says["os.image"] = []string{"sh", "-c", `. /etc/os-release; echo "$PRETTY_NAME"`}
		says["memory.mib"] = []string{"sh", "-c", `echo $(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))`}
		says["cpu.model"] = []string{"sh", "-c", `sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -1 | tr -s ' '`}
	}
	for name, command := range says {
		c := exec.Command(command[0], command[1:]...)
		c.Dir = os.TempDir()
		c.Env = append(c.Environ(), "OMP_NUM_THREADS=") // nproc goes by it
		out, err := c.Output()
		if err != nil {
			t.Fatalf("%v: %v", command, err)
		}
		if want := strings.TrimSpace(string(out)); e.Value(name) != want {
			t.Errorf("%s is %q, and %v says %q", name, e.Value(name), command, want)
		}
	}
	for name, want := range map[string]string{"gemba.version": "v1.2.3", "engine.name": "go", "os.name": runtime.GOOS, "compute.backends": "go"} {
		if e.Value(name) != want {
			t.Errorf("%s is %q, want %q", name, e.Value(name), want)
		}
	}
}

// TestEqualTwice: nothing that changes by itself is told.
func TestEqualTwice(t *testing.T) {
	first := see(t, Options{Gemba: "v1"})
	ballast := make([]byte, 64<<20)
	for i := range ballast {
		ballast[i] = byte(i)
	}
	second := see(t, Options{Gemba: "v1"})
	runtime.KeepAlive(ballast)
	if diff := cmp.Diff(string(first.Document()), string(second.Document())); diff != "" {
		t.Error(diff)
	}
	read, err := Parse(first.Document())
	if diff := cmp.Diff(first, read); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// TestNoGo: a machine without the go command is told all the same, and what is not known is said.
func TestNoGo(t *testing.T) {
	e := see(t, Options{Go: filepath.Join(t.TempDir(), "go")})
	if e.Value("go.version") != "" || !strings.Contains(e.Value("missing.go"), "go") || e.Value("os.name") == "" {
		t.Error(string(e.Document()))
	}
}

func TestEndOfContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the session ended")
	cancel(why)
	if _, err := Capture(ctx, Options{}); !errors.Is(err, why) {
		t.Errorf("error is %v", err)
	}
}

// TestOtherMachines: files of systems that are not this one.
func TestOtherMachines(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for _, test := range []struct {
		name   string
		env    []string
		files  fstest.MapFS
		source func(*look)
		want   facts
	}{
		{"cgroup 2", nil, fstest.MapFS{
			"proc/self/cgroup":                 file("0::/a/b\n"),
			"sys/fs/cgroup/cpu.max":            file("400000 100000\n"),
			"sys/fs/cgroup/a/b/cpu.max":        file("max 100000\n"),
			"sys/fs/cgroup/a/cpu.max":          file("150000 100000\n"),
			"sys/fs/cgroup/a/memory.max":       file("max\n"),
			"sys/fs/cgroup/a/b/memory.max":     file("2147483648\n"),
			"sys/fs/cgroup/a/b/memory.current": file("123\n"),
		}, (*look).limits, facts{"limit.cpus": "1.5", "limit.memory": "2147483648"}},
		{"cgroup 2 in a container that does not see its path", nil, fstest.MapFS{
			"proc/self/cgroup": file("0::/docker/ab12\n"), "sys/fs/cgroup/memory.max": file("1000000000000\n"),
		}, (*look).limits, facts{"limit.memory": "1000000000000"}},
		{"cgroup 1", nil, fstest.MapFS{
			"proc/self/cgroup":                           file("4:memory:/x\n2:cpu,cpuacct:/x\n0::/\n"),
			"sys/fs/cgroup/cpu/x/cpu.cfs_quota_us":       file("50000\n"),
			"sys/fs/cgroup/cpu/x/cpu.cfs_period_us":      file("100000\n"),
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":         file("-1\n"),
			"sys/fs/cgroup/cpu/cpu.cfs_period_us":        file("100000\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n"),
		}, (*look).limits, facts{"limit.cpus": "0.5"}},
		{"nonsense in cgroups", nil, fstest.MapFS{
			"proc/self/cgroup": file("what\n0::/../..\n::\n"), "sys/fs/cgroup/cpu.max": file("1\n"), "sys/fs/cgroup/memory.max": file("much\n"),
		}, (*look).limits, facts{}},
		{"NVIDIA's driver", nil, fstest.MapFS{
			"proc/driver/nvidia/version":                       file("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\nGCC version: 12.3.0\n"),
			"proc/driver/nvidia/gpus/0000:01:00.0/information": file("Model: \t\t NVIDIA H200\nIRQ: 3\n"),
			"proc/driver/nvidia/gpus/0000:02:00.0/information": file("Model: \t\t NVIDIA H200 NVL\n"),
		}, (*look).devices, facts{"gpu.count": "2", "gpu.driver": "535.104.05", "gpu.0.model": "NVIDIA H200", "gpu.1.model": "NVIDIA H200 NVL"}},
		{"no GPU", nil, fstest.MapFS{}, (*look).devices, facts{"gpu.count": "0"}},
		{"locale", []string{"LANG=de_DE.UTF-8", "LC_ALL=", "TZ=:Europe/Berlin"}, fstest.MapFS{}, (*look).locale,
			facts{"locale": "de_DE.UTF-8", "time.zone": "Europe/Berlin"}},
		{"empty time zone", []string{"TZ=", "LC_ALL=C", "LANG=fr_FR"}, fstest.MapFS{}, (*look).locale, facts{"locale": "C", "time.zone": "UTC"}},
		{"time zone of the system", nil, fstest.MapFS{
			"etc/localtime": {Data: []byte("/usr/share/zoneinfo/America/New_York"), Mode: os.ModeSymlink},
		}, (*look).locale, facts{"locale": "C", "time.zone": "America/New_York"}},
		{"time zone of Debian", nil, fstest.MapFS{"etc/timezone": file("Asia/Tokyo\n")}, (*look).locale, facts{"locale": "C", "time.zone": "Asia/Tokyo"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := &look{Options: Options{Env: test.env}, ctx: t.Context(), system: test.files, facts: facts{}}
			test.source(l)
			if diff := cmp.Diff(test.want, l.facts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContainers(t *testing.T) {
	for _, test := range []struct {
		file, text, variable, want string
	}{
		{".dockerenv", "", "", "docker"},
		{"run/.containerenv", "", "", "podman"},
		{".dockerenv", "", "KUBERNETES_SERVICE_HOST=10.0.0.1", "kubernetes"},
		{"run/systemd/container", "systemd-nspawn\n", "", "systemd-nspawn"},
		{"proc/sys/kernel/osrelease", "5.15.0-microsoft-standard-WSL2\n", "", "wsl"},
		{"etc/passwd", "", "", "no"},
	} {
		l := &look{Options: Options{Env: []string{test.variable}}, system: fstest.MapFS{test.file: {Data: []byte(test.text)}}}
		if got := l.container(); got != test.want {
			t.Errorf("%s %s: in %q, want %q", test.file, test.variable, got, test.want)
		}
	}
}

func TestRelease(t *testing.T) {
	got := parseRelease("# a comment\nNAME='Alpine Linux'\n\nPRETTY_NAME=\"Alpine Linux v3.22\"\nbroken\n")
	if diff := cmp.Diff(map[string]string{"NAME": "Alpine Linux", "PRETTY_NAME": "Alpine Linux v3.22"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestDriverTool: nvidia-smi's own words; the tool may fail, hang on its driver, or tell of a device that tells little.
func TestDriverTool(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the tool is a shell script")
	}
	driver := fstest.MapFS{"proc/driver/nvidia/version": {Data: []byte("NVRM version: 535.104.05\n")}}
	for _, test := range []struct {
		name, script string
		system       fstest.MapFS
		want         facts
	}{
		{"two GPUs", `echo "$1" >&2; printf 'NVIDIA H200, 143771, 9.0, Disabled, 570.124.06\nTesla T4, 15360, [N/A], [Not Supported], 570.124.06\n'`, driver,
			facts{"gpu.count": "2", "gpu.driver": "570.124.06", "gpu.0.model": "NVIDIA H200", "gpu.0.memory_mib": "143771",
				"gpu.0.compute_capability": "9.0", "gpu.0.mig": "Disabled", "gpu.1.model": "Tesla T4", "gpu.1.memory_mib": "15360"}},
		{"no device", `echo "couldn't communicate with the driver" >&2; exit 9`, fstest.MapFS{}, facts{"gpu.count": "0"}},
		{"driver that does not answer the tool", `echo "Unable to determine the device handle"; exit 9`, driver,
			facts{"gpu.count": "0", "gpu.driver": "535.104.05", "missing.gpu": "SMI --query-gpu=name,memory.total,compute_cap,mig.mode.current,driver_version: exit status 9: Unable to determine the device handle"}},
		{"nonsense", `echo hello`, fstest.MapFS{}, facts{"gpu.count": "0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			smi := filepath.Join(dir, "nvidia-smi")
			if err := os.WriteFile(smi, []byte("#!/bin/sh\n"+test.script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			l := &look{Options: Options{Env: []string{"PATH=" + dir + ":/bin:/usr/bin"}}, ctx: t.Context(), system: test.system, facts: facts{}}
			l.devices()
			if why, ok := l.facts["missing.gpu"]; ok {
				l.facts["missing.gpu"] = strings.Replace(why, smi, "SMI", 1)
			}
			if diff := cmp.Diff(test.want, l.facts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestPlugins: a plugin is told by its bytes, which are read once as long as its file stays the same.
func TestPlugins(t *testing.T) {
	dir, cache := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	plugin := filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	put := func(text string, age time.Duration) {
		t.Helper()
		at := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(plugin, []byte(text), 0o644), os.Chtimes(plugin, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	tell := func(paths ...string) Environment {
		return see(t, Options{Plugins: func() []string { return paths }, Cache: cache, Go: "none"})
	}
	check := func(e Environment, text string) {
		t.Helper()
		sum := sha256.Sum256([]byte(text))
		if got := e.Value("compute.plugin.pjrt_c_api_cpu_plugin.sha256"); got != hex.EncodeToString(sum[:]) {
			t.Errorf("the plugin %q has the SHA-256 %s", text, got)
		}
	}
	put("one", time.Hour)
	other := filepath.Join(t.TempDir(), "pjrt_c_api_cpu_plugin.so")
	e := tell(plugin, other)
	check(e, "one")
	if e.Value("compute.backends") != "go xla" || e.Value("compute.plugin.pjrt_c_api_cpu_plugin.path") != plugin {
		t.Error(string(e.Document()))
	}
	info, err := os.Stat(plugin)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(plugin, []byte("two"), 0o644), os.Chtimes(plugin, info.ModTime(), info.ModTime())); err != nil {
		t.Fatal(err)
	}
	check(tell(plugin), "one") // nothing that can be seen without reading changed
	put("two", time.Minute)
	check(tell(plugin), "two")
	put("new", 0)
	check(tell(plugin), "new")
	put("now", 0)
	check(tell(plugin), "now")
	if err := os.WriteFile(filepath.Join(cache, "digests.json"), []byte("{nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	check(tell(plugin), "now")
	gone := tell(other)
	if gone.Value("missing.compute.plugin.pjrt_c_api_cpu_plugin") == "" {
		t.Errorf("a plugin that cannot be read:\n%s", gone.Document())
	}
	if len(tell()) == 0 || tell().Value("compute.backends") != "go" {
		t.Error("without a plugin there is another backend than Go's")
	}
}

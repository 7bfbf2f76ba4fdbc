package environ

import (
	"bufio"
	"cmp"
	"io/fs"
	"runtime"
	"strings"

	"github.com/shirou/gopsutil/v4/host"
)

// operatingSystem tells the image that programs find their libraries in, the kernel below it, and what contains both.
func (l *look) operatingSystem() {
	l.facts.set("os.name", runtime.GOOS)
	l.facts.set("os.image", l.image())
	if kernel, err := host.KernelVersionWithContext(l.ctx); err == nil {
		l.facts.set("os.kernel", kernel)
	}
	if arch, err := host.KernelArch(); err == nil {
		l.facts.set("os.machine", arch)
	}
	l.facts.set("os.container", l.container())
}

// image names the system's release; on Linux as os-release(5) does.
func (l *look) image() string {
	release := parseRelease(cmp.Or(l.text("etc/os-release"), l.text("usr/lib/os-release")))
	if name := release["PRETTY_NAME"]; name != "" {
		return name
	}
	if name := strings.TrimSpace(release["NAME"] + " " + release["VERSION"]); name != "" || runtime.GOOS == "linux" {
		return name
	}
	platform, _, version, err := host.PlatformInformationWithContext(l.ctx)
	if err != nil {
		return ""
	}
	return platform + " " + version
}

// parseRelease reads the variables of an os-release(5) file.
func parseRelease(text string) map[string]string {
	values := map[string]string{}
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		name, value, ok := strings.Cut(strings.TrimSpace(s.Text()), "=")
		if ok && !strings.HasPrefix(name, "#") {
			values[name] = strings.Trim(value, `"'`)
		}
	}
	return values
}

// containers are marks that container runtimes leave.
var containers = []struct {
	name string
	mark func(*look) bool
}{
	{"kubernetes", func(l *look) bool { return l.variable("KUBERNETES_SERVICE_HOST") != "" }},
	{"podman", func(l *look) bool { return l.exists("run/.containerenv") }},
	{"docker", func(l *look) bool { return l.exists(".dockerenv") }},
	{"lxc", func(l *look) bool { return strings.Contains(l.text("proc/1/environ"), "container=lxc") }},
	{"wsl", func(l *look) bool { return strings.Contains(l.text("proc/sys/kernel/osrelease"), "microsoft") }},
}

// container names what contains this process, "no" when nothing is known to.
func (l *look) container() string {
	for _, c := range containers {
		if c.mark(l) {
			return c.name
		}
	}
	return cmp.Or(strings.TrimSpace(l.text("run/systemd/container")), "no")
}

func (l *look) exists(path string) bool {
	_, err := fs.Stat(l.system, path)
	return err == nil
}

// locale tells the language of the programs that are run, and the time zone.
func (l *look) locale() {
	l.facts.set("locale", cmp.Or(l.variable("LC_ALL"), l.variable("LC_CTYPE"), l.variable("LANG"), "C"))
	l.facts.set("time.zone", l.zone())
}

// zone names the time zone as the tz database does, where the system tells it.
func (l *look) zone() string {
	if zone, given := l.lookup("TZ"); given {
		return cmp.Or(strings.TrimPrefix(zone, ":"), "UTC") // an empty TZ is UTC
	}
	if zone := strings.TrimSpace(l.text("etc/timezone")); zone != "" && !l.exists("etc/localtime") {
		return zone
	}
	target, err := fs.ReadLink(l.system, "etc/localtime")
	if err != nil {
		return "Local"
	}
	if _, name, ok := strings.Cut(target, "zoneinfo/"); ok {
		return name
	}
	return target
}

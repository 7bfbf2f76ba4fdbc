package usage

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// guarded is a folder in which some file is only root's.
type guarded struct {
	fstest.MapFS
	file string
}

func (g guarded) Open(name string) (fs.File, error) {
	if name == g.file {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return g.MapFS.Open(name)
}

func (g guarded) ReadFile(name string) ([]byte, error) {
	if _, err := g.Open(name); err != nil {
		return nil, err
	}
	return g.MapFS.ReadFile(name)
}

func TestEnergy(t *testing.T) {
	zone := func(files fstest.MapFS, path, name, now string) fstest.MapFS {
		files[path+"/name"] = &fstest.MapFile{Data: []byte(name + "\n")}
		files[path+"/energy_uj"] = &fstest.MapFile{Data: []byte(now + "\n")}
		files[path+"/max_energy_range_uj"] = &fstest.MapFile{Data: []byte("1000000000\n")}
		return files
	}
	machine := func(a, b string) fstest.MapFS {
		files := zone(fstest.MapFS{}, "intel-rapl:0", "package-0", a)
		zone(files, "intel-rapl:0:0", "core", "1")
		zone(files, "intel-rapl:1", "package-1", b)
		return zone(files, "intel-rapl:2", "psys", "1")
	}
	for _, test := range []struct {
		name    string
		looks   []fs.FS
		want    float64
		missing []string
	}{
		{"two processors", []fs.FS{machine("1000000", "5000000"), machine("3500000", "6000000")}, 3.5, nil},
		{"one begins anew twice", []fs.FS{machine("999000000", "0"), machine("1000000", "0"), machine("500000000", "0"), machine("0", "0")}, 1001, nil},
		{"only root may", []fs.FS{guarded{machine("1000000", "0"), "intel-rapl:0/energy_uj"}, guarded{machine("9000000", "1000000"), "intel-rapl:0/energy_uj"}}, 1,
			[]string{"energy: read energy: open intel-rapl:0/energy_uj: permission denied (only root may read it)"}},
		{"no number", []fs.FS{machine("many", "0"), machine("many", "2000000")}, 2,
			[]string{`energy: read energy of intel-rapl:0/energy_uj: strconv.ParseInt: parsing "many": invalid syntax`}},
		{"none", []fs.FS{fstest.MapFS{}, fstest.MapFS{}}, 0, []string{"energy: this machine shows no counters of its processors' energy"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var r rapl
			var why reasons
			for _, files := range test.looks {
				r.sys = files
				r.look(&why)
			}
			if got := r.joules(); got != test.want {
				t.Errorf("%v J, want %v", got, test.want)
			}
			if diff := cmp.Diff(test.missing, why.list()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

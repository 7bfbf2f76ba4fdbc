package python

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Two cells at once, as in a kernel with subshells: a thread for each.
const atOnce = `
import sys, threading, builtins
class Events:
    def __init__(self): self.all = {}
    def register(self, name, function): self.all[name] = function
class Kernel:
    here = threading.local()
    def get_parent(self): return {"header": {"msg_id": getattr(self.here, "id", "")}}
class Shell:
    events, kernel, user_ns, user_ns_hidden = Events(), Kernel(), {}, {}
builtins.get_ipython = Shell
exec(sys.stdin.read())
begun, opened = threading.Barrier(2), threading.Barrier(2)
def cell(id):
    Kernel.here.id = id
    Shell.events.all["pre_run_cell"]()
    begun.wait()
    for i in range(300):
        open(f"{id}{i}", "w").close()
        open(f"{id}{i}", "rb").close()
        open("both").close()
    opened.wait()
    Shell.events.all["post_run_cell"]()
open("both", "w").close()
threads = [threading.Thread(target=cell, args=(id,)) for id in "ab"]
for t in threads: t.start()
for t in threads: t.join()
Kernel.here.id = "c"
Shell.events.all["pre_run_cell"]()
open("both").close()
Shell.events.all["post_run_cell"]()
`

func TestCellsAtOnce(t *testing.T) {
	spool := filepath.Join(t.TempDir(), "spool")
	c := exec.Command(python(t), "-c", atOnce)
	c.Dir, c.Stdin, c.Stderr = t.TempDir(), bytes.NewReader([]byte(Setup(spool, ""))), os.Stderr
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	r := NewReader(spool)
	for id, files := range map[string]int{"a": 301, "b": 301, "c": 1} {
		facts, found := r.Read(id)
		if !found || len(facts.Seen.Opened) != files {
			t.Errorf("%s: %v, %d files, want %d", id, found, len(facts.Seen.Opened), files)
		}
		for _, o := range facts.Seen.Opened {
			if name := filepath.Base(o.Path); name != "both" && name[:1] != id {
				t.Fatalf("%s opened %s", id, name)
			}
		}
	}
}

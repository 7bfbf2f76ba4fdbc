package web_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/web"
)

// checked has the ledger checked, and waits for what comes of it.
func (h *house) checked() web.Verification {
	h.ask(http.MethodPost, "/api/verify", "")
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		v := get[web.Verification](h, "/api/verify")
		if v.State != "running" {
			return v
		}
		if v.Done > v.Total {
			h.t.Errorf("%d of %d bytes are read", v.Done, v.Total)
		}
	}
	h.t.Fatal("the check does not end")
	return web.Verification{}
}

func TestTamperingIsNamed(t *testing.T) {
	h := furnished(t)
	if err := h.w.Close(); err != nil {
		t.Fatal(err)
	}
	v := h.checked()
	if v.Result == nil || v.Result.Verdict != "verified" || len(v.Result.Problems) != 0 || len(v.Result.Proves) == 0 || v.Result.Facts[1].Name != "entries" {
		t.Fatalf("%+v: %+v", v.Progress, v.Result)
	}
	name := filepath.Join(h.dir, "journals", h.w.ID().String()+".jsonl")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(text, []byte(`"branch":"main"`), []byte(`"branch":"evil"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	v = h.checked()
	if v.Result == nil || v.Result.Verdict != "corrupt" || v.Result.OK || len(v.Result.Proves) != 0 || len(v.Result.ProvesNot) == 0 || len(v.Result.Problems) == 0 {
		t.Fatalf("%+v: %+v", v.Progress, v.Result)
	}
	p := v.Result.Problems[0]
	entry := int64(bytes.Count(text[:bytes.Index(text, []byte(`"branch":"main"`))], []byte("\n"))) + 1
	if p.Journal != h.w.ID().String() || p.Entry != entry || !strings.Contains(p.Text, "entry changed") {
		t.Errorf("%+v, want entry %d", p, entry)
	}
}

func TestWhatTakesMostOfTheDisk(t *testing.T) {
	h := furnished(t)
	h.ask(http.MethodPost, "/api/disk", "")
	var d web.Disk
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline) && d.Result == nil; time.Sleep(time.Millisecond) {
		d = get[web.Disk](h, "/api/disk?limit=1")
	}
	if d.Result == nil || d.Result.Total == 0 || len(d.Result.Kinds) == 0 || len(d.Result.Cells) != 1 || d.Result.MoreCells != 2 || d.Result.Cells[0].Name == "" || d.Result.Cells[0].Notebook != "lab/plot.ipynb" {
		t.Errorf("%+v: %+v", d.Progress, d.Result)
	}
}

func TestEnvironmentsListTheirLibraries(t *testing.T) {
	h := newHouse(t)
	facts := `{"name":"go.version","value":"go1.26.8"}
{"name":"module.github.com/x/y","value":"v1.2.3 h1:abc="}
{"name":"python.package.numpy","value":"2.1.0"}
`
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "a.ipynb"},
		&tracker.EnvironmentEntry{Header: h.head(tracker.ID{}), Environment: h.put(facts)})
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	e := get[account.Environment](h, "/api/environments/"+h.session.String())
	want := []account.Package{{Name: "github.com/x/y", Version: "v1.2.3", Source: "go module", Hash: "h1:abc="}, {Name: "numpy", Version: "2.1.0", Source: "python package"}}
	if diff := cmp.Diff(want, e.Packages); diff != "" || len(e.Facts) != 3 {
		t.Error(diff)
	}
}

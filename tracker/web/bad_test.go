package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/web"
)

// TestAFullDiskIsToldSo writes a review where there is no room: it is not said to be there.
func TestAFullDiskIsToldSo(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the system says it otherwise")
	}
	h := furnished(t)
	body := strings.NewReader(`{"subject":"first","verdict":"approved"}`)
	ctx := context.WithValue(t.Context(), recordFault{}, fmt.Errorf("write journal: %w", &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}))
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/reviews", body))
	var f web.Failure
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != http.StatusInsufficientStorage || f.Error.Code != "disk_full" || f.Error.Hint == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if all := get[struct{ Items []web.Review }](h, "/api/reviews").Items; len(all) != 0 {
		t.Errorf("reviews are %+v", all)
	}
}

// TestJournalsThatArriveWhileItServes copies the files of another ledger into the one that is served.
func TestJournalsThatArriveWhileItServes(t *testing.T) {
	h, other := furnished(t), furnished(t)
	before := get[web.Ledger](h, "/api/ledger")
	if err := other.w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"packs/*", "keys/*", "journals/" + other.w.ID().String() + ".*"} {
		files, err := filepath.Glob(filepath.Join(other.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(h.dir, filepath.Base(filepath.Dir(file)), filepath.Base(file))
			if err := os.WriteFile(to, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	after := get[web.Ledger](h, "/api/ledger")
	if after.Cells != before.Cells+3 || after.Sessions != before.Sessions+1 || after.Runs != before.Runs+2 || len(after.Problems) != 0 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	n := get[web.NotebookCells](h, "/api/notebooks/cells?notebook=plot.ipynb&fields=cell_id,source,current")
	if n.Sessions != 2 || len(n.Items) != 2 || n.Items[0].Source == nil {
		t.Errorf("%+v", n)
	}
}

// TestAnIndexThatIsTakenAwayIsMissedByNobody removes the index under the server, and has another program make a new one.
func TestAnIndexThatIsTakenAwayIsMissedByNobody(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files that are open cannot be removed")
	}
	h := furnished(t)
	get[web.Ledger](h, "/api/ledger")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(h.dir, index.File+suffix)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	x, err := index.Open(t.Context(), h.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	h.cell("late", "late()")
	time.Sleep(150 * time.Millisecond) // as above
	if err := x.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	n, err := x.Count(t.Context(), index.Filter{})
	if got := get[web.Ledger](h, "/api/ledger"); err != nil || n != 4 || got.Cells != 4 {
		t.Errorf("the new index has %d cells (%v), the server tells %d; want 4", n, err, got.Cells)
	}
}

// TestLedgersThatCannotBeOpened tells in words what is the matter.
func TestLedgersThatCannotBeOpened(t *testing.T) {
	newer := filepath.Join(t.TempDir(), ".gemba")
	if err := os.MkdirAll(filepath.Join(newer, "journals"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(newer, "format"), []byte("gemba ledger 99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, code := range map[string]string{newer: "newer_ledger", t.TempDir(): "no_ledger"} {
		_, err := journal.Open(dir)
		if err == nil {
			t.Fatalf("%s opens", dir)
		}
		w := httptest.NewRecorder()
		web.Refuse(w, httptest.NewRequest(http.MethodGet, "/api/ledger", nil), err)
		var f web.Failure
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || f.Error.Code != code || f.Error.Hint == "" {
			t.Errorf("%s: %d %s", dir, w.Code, w.Body)
		}
	}
}

// TestARunThatIsDeletedWhileItIsOpen keeps telling of it, and says that it is deleted; one that never was is told so in words.
func TestARunThatIsDeletedWhileItIsOpen(t *testing.T) {
	h := furnished(t)
	run := h.runs[0].String()
	h.append(&tracker.RunEntry{Header: h.head(tracker.ID{}), Run: h.runs[0], Stage: tracker.Deleted})
	time.Sleep(150 * time.Millisecond) // as above
	if stage := get[struct{ Stage string }](h, "/api/runs/"+run).Stage; stage != "deleted" {
		t.Errorf("its stage is %s", stage)
	}
	if page := get[struct{ Items []struct{ ID string } }](h, "/api/runs"); len(page.Items) != 1 {
		t.Errorf("%d runs are listed, want 1", len(page.Items))
	}
	never := tracker.NewID().String()
	for _, path := range []string{"/api/runs/" + never, "/api/compare?a=" + run + "&b=" + never, "/api/compare/runs?run=" + never, "/api/series?run=" + never, "/api/lineage?id=" + never,
		"/api/cells/" + never + "/outputs", "/api/lineage?id=" + never + "&direction=upstream", "/api/environments/" + never} {
		w := h.ask(http.MethodGet, path, "")
		var f web.Failure
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != http.StatusNotFound || f.Error.Code != "not_found" || f.Error.Hint == "" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// source returns a file of the extension's or the views' sources.
func source(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{"..", "src"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// listedViews returns the ids and titles of the views that the navigation lists, in its order.
func listedViews(t *testing.T) (listed [][]string) {
	t.Helper()
	_, list, _ := strings.Cut(source(t, "views", "index.ts"), "views: View[] = [")
	list, _, _ = strings.Cut(list, "]")
	for _, name := range regexp.MustCompile(`\w+`).FindAllString(list, -1) {
		text := source(t, "views", name, "index.tsx")
		word := func(of string) string {
			return regexp.MustCompile(of + `: (?:N_\()?'([^']+)'`).FindStringSubmatch(text)[1]
		}
		if strings.Contains(text, "listed: true") {
			listed = append(listed, []string{word("id"), word("title")})
		}
	}
	return listed
}

// TestPlaces holds the extension's own list of views, which it has before it loads them, to the views.
func TestPlaces(t *testing.T) {
	var told [][]string
	for _, m := range regexp.MustCompile(`\['(\w+)', N_\('([^']+)'\)\]`).FindAllStringSubmatch(source(t, "lab", "places.ts"), -1) {
		told = append(told, m[1:])
	}
	if diff := cmp.Diff(listedViews(t), told); diff != "" {
		t.Errorf("src/lab/places.ts (-views +told):\n%s", diff)
	}
}

// TestMenu holds the menu to the list of views.
func TestMenu(t *testing.T) {
	var settings struct {
		Menus struct {
			Main []struct {
				Items []struct{ Command string }
			}
		} `json:"jupyter.lab.menus"`
	}
	if err := json.Unmarshal([]byte(source(t, "lab", "settings.json")), &settings); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, v := range listedViews(t) {
		want = append(want, "gemba:open-"+v[0])
	}
	for _, item := range settings.Menus.Main[0].Items {
		if strings.HasPrefix(item.Command, "gemba:open-") {
			got = append(got, item.Command)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("src/lab/settings.json (-views +menu):\n%s", diff)
	}
}

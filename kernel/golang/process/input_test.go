//go:build unix

package process

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

func TestStdin(t *testing.T) {
	for name, test := range map[string]struct {
		spec    Spec
		answers []string
		want    string
		asked   []string
	}{
		"none":          {spec: sh("cat; echo end"), want: "end\n"},
		"none, rich":    {spec: Spec{Path: "/bin/sh", Args: []string{"-c", "cat; echo end; cat; echo again"}, Rich: true}, want: "end\nagain\n"},
		"text":          {spec: Spec{Path: "/bin/cat", Stdin: Stdin{Text: []byte("a\nb")}}, want: "a\nb"},
		"text not read": {spec: Spec{Path: "/bin/true", Stdin: Stdin{Text: make([]byte, 1<<20)}}},
		"lines": {spec: Spec{Path: "/bin/sh", Args: []string{"-c", `read a; echo "a=$a"; read b; echo "b=$b"`}, Stdin: Stdin{Ask: true}},
			answers: []string{"foo", "bär"}, want: "a=foo\nb=bär\n", asked: []string{" false", " false"}},
		"password": {spec: Spec{Path: "/bin/sh", Args: []string{"-c", `read a; echo "a=$a"`}, Stdin: Stdin{Ask: true, Password: true}},
			answers: []string{"secret"}, want: "a=secret\n", asked: []string{" true"}},
		"quick": {spec: Spec{Path: "/bin/echo", Args: []string{"no question"}, Stdin: Stdin{Ask: true}}, want: "no question\n"},
		"requests": {spec: Spec{Path: testProgram(t, "input"), Rich: true}, answers: []string{"42", "12 34"},
			want: "int 42 <nil>\nline \"12 34\\n\" <nil>\nafter EOF\n", asked: []string{"Enter:false", "Pin:true"}},
		"read, then request": {spec: Spec{Path: testProgram(t, "input"), Args: []string{"first"}, Rich: true}, answers: []string{"42", ""},
			want: "before \"\" <nil>\nint 42 <nil>\nline \"\\n\" <nil>\nafter EOF\n", asked: []string{"Enter:false", "Pin:true"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &front{answers: test.answers}
			exit, err := newRunner(t).Run(t.Context(), test.spec, f)
			if err != nil || !exit.OK() {
				t.Errorf("%+v, %v", exit, err)
			}
			if diff := cmp.Diff(test.want, f.stream("stdout")); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.asked, f.asked); diff != "" {
				t.Errorf("questions: %s", diff)
			}
		})
	}
}

func TestStdinRefused(t *testing.T) {
	for name, spec := range map[string]Spec{
		"lines":   {Path: "/bin/sh", Args: []string{"-c", `read a; echo "a=$a"`}, Stdin: Stdin{Ask: true}},
		"request": {Path: testProgram(t, "input"), Rich: true},
	} {
		exit, err := newRunner(t).Run(t.Context(), spec, &front{})
		if !errors.Is(err, wire.ErrNoStdin) || exit.Interrupted {
			t.Errorf("%s: %+v, %v; want wire.ErrNoStdin", name, exit, err)
		}
	}
}

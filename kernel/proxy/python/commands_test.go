package python

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCommands(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []int
	}{
		{"alone", "%param a=1", []int{1}},
		{"among statements", "x = 1\n%param a=1\ny = 2\r\n%metric b=2\r\n", []int{2, 4}},
		{"in brackets", "x = (10\n% 3)\n%param a=1", []int{3}},
		{"in brackets of brackets", "x = [{1: (2\n% 3)}\n%2]\n%tag a=b", []int{4}},
		{"in a text of several lines", "x = '''\n%param a=1\n'''\n%param b=2", []int{4}},
		{"a quote of the other kind in it", "x = \"\"\"it's\n%param a=1 ''' \n\"\"\"\n%param b=2", []int{4}},
		{"after a line that goes on", "x = 10 \\\n% 3\n%param a=1", []int{3}},
		{"after a text that goes on", "x = 'a\\\n%param b'\n%param a=1", []int{3}},
		{"brackets in texts and comments", "x = '(['  # ({\ny = \"\\\"(\"\n%param a=1", []int{3}},
		{"a quote in a comment", "x = 1  # it's\n%param a=1", []int{2}},
		{"a raw text with a backslash", "x = r'\\d'\n%param a=1", []int{2}},
		{"after a shell's command", "!echo \"(it's\n%param a=1", []int{2}},
		{"after IPython's magic", "%timeit f('(\n%param a=1", []int{1, 2}},
		{"a text that is not ended", "x = 'oops\n%param a=1", []int{2}},
		{"indented", "if x:\n    %param a=1", nil},
		{"another language", "%%bash\n%param a=1", nil},
		{"none", "x = 1\ny = x % 2", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []int
			for _, line := range Commands(test.source) {
				got = append(got, line.Number)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

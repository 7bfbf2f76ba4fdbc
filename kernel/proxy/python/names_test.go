package python

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// namesOf are cells, and what they bind, use, import and seed. Words of a part that is empty are left out.
var namesOf = []struct{ source, want string }{
	{"x = 1", "bound x"},
	{"print(x)", "used print,x"},
	{"x = 1\nprint(x)", "bound x; used print"},
	{"print(x)\nx = 1", "bound x; used print,x"},
	{"x += 1", "bound x; used x"},
	{"x = 1\nx += 1", "bound x"},
	{"a, (b, *c) = d", "bound a,b,c; used d"},
	{"a.b = c", "used a,c"},
	{"a[i] = c", "used a,c,i"},
	{"a = b = 1", "bound a,b"},
	{"x: int = 1", "bound x; used int"},
	{"x: int", "used int"},
	{"del x", "used x"},
	{"x = 1\ndel x", ""},
	{"x = 1\ndel x\nprint(x)", "used print,x"},
	{"if c:\n    x = 1\nprint(x)", "bound x; used c,print,x"},
	{"if c:\n    x = 1\nelse:\n    x = 2\nprint(x)", "bound x; used c,print"},
	{"for i in r:\n    y = i\nprint(y)", "bound i,y; used print,r,y"},
	{"for i in r:\n    pass\nelse:\n    z = 1", "bound i,z; used r"},
	{"while c:\n    x = f(x)", "bound x; used c,f,x"},
	{"try:\n    x = f()\nexcept E as e:\n    print(e)\n    x = 0\nprint(x)", "bound x; used E,f,print"},
	{"try:\n    x = f()\nexcept E:\n    pass\nprint(x)", "bound x; used E,f,print,x"},
	{"try:\n    x = f()\nfinally:\n    g()\nprint(x)", "bound x; used f,g,print"},
	{"with open(p) as f:\n    t = f.read()", "bound f,t; used open,p"},
	{"import numpy as np, os.path", "bound np,os; modules numpy,os"},
	{"from a.b import c as d, e", "bound d,e; modules a"},
	{"from . import c\nfrom a import *", "bound c; modules a"},
	{"def f(a, /, b=k, *c, d: T = 1, **e) -> R:\n    z = a + g\n    return z", "bound f; used R,T,g,k"},
	{"def f():\n    return h()\ndef h():\n    return q", "bound f,h; used q"},
	{"def f():\n    global x\n    x = y", "bound f,x; used y"},
	{"def f():\n    n = 1\n    def g():\n        nonlocal n\n        n += m\n    return g", "bound f; used m"},
	{"def f():\n    return [t for t in s if t > u]", "bound f; used s,u"},
	{"def f():\n    def g(): pass\n    import a\n    return g, a", "bound f; modules a"},
	{"@d\nclass A(B, metaclass=M):\n    x = 1\n    y = x\n    def m(self):\n        return x", "bound A; used B,M,d,x"},
	{"f = lambda a, b=c: a + b + e", "bound f; used c,e"},
	{"[i for i in xs if i > k]", "used k,xs"},
	{"{k: v for k, vs in d.items() for v in vs}", "used d"},
	{"list(x for x in x)", "used list,x"},
	{"[y := i for i in r]\nprint(y)", "bound y; used print,r"},
	{"(n := 3) + n", "bound n"},
	{"f'{a!r:{w}}'", "used a,w"},
	{"await g(a)\nasync with b as c:\n    pass\nasync for d in e:\n    pass", "bound c,d; used a,b,e,g"},
	{"async def f():\n    return await h", "bound f; used h"},
	{"match p:\n    case {'a': x, **rest}: pass\n    case [y, *ys] | P(z=y) as w: pass", "bound rest,w,x,y,ys; used P,p"},
	{"assert x, m\nraise E from c", "used E,c,m,x"},
	{"random.seed(42)", "used random; seeds random.seed=42"},
	{"np.random.seed(s)\nrng = np.random.default_rng(-0x10)", "bound rng; used np,s; seeds np.random.seed=s,np.random.default_rng=-16"},
	{"def f(s):\n    torch.manual_seed(s)\n    torch.manual_seed(t)", "bound f; used t,torch; seeds torch.manual_seed=t"},
	{"train_test_split(x, random_state=7, n=3)", "used train_test_split,x; seeds train_test_split(random_state)=7"},
	{"model(a)(seed=1)\nseed('secret')\nseed(True)\nseed(1.5)\nproceed(3)", "used a,model,proceed,seed; seeds (seed)=1"},
}

func TestNames(t *testing.T) {
	var sources []string
	for _, test := range namesOf {
		sources = append(sources, test.source)
	}
	asked, err := json.Marshal(sources)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(python(t), "testdata/names.py", ".")
	c.Stdin, c.Stderr = bytes.NewReader(asked), os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	for i, test := range namesOf {
		var parts []string
		for part := range strings.SplitSeq(got[i], "; ") {
			if !strings.HasSuffix(part, " ") {
				parts = append(parts, part)
			}
		}
		if diff := cmp.Diff(test.want, strings.Join(parts, "; ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.source, diff)
		}
	}
}

//go:build unix

package process

import (
	"fmt"
	"strings"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

const (
	// transientPrefix begins the display id under which gonbui's dom package shows scripts. It erases
	// each as soon as the kernel has it: a page that has not run it by then never does.
	transientPrefix = "gonb_transient_js_"
	runTimeout      = 3 * time.Second // for the page to run a script
)

// transient displays something under the id of transient scripts, when the page has run the script
// before. That is known by a second script behind the first, which sends its number; so only a page
// that has opened a comm is waited for, and one that did not tell is not waited for again.
func (p *program) transient(data *protocol.DisplayData) {
	if p.script > 0 && !p.serve(p.comms.holds)(runTimeout, func() bool { return p.comms.ran >= p.script }) {
		p.deaf = true
	}
	p.script = 0
	html, _ := data.Data[protocol.MIMETextHTML].(string)
	if strings.Contains(html, "<script") && !p.deaf {
		p.comms.do(func() {
			p.comms.scripts++
			p.script = p.comms.scripts
		})
	}
	if p.script > 0 {
		data.Data[protocol.MIMETextHTML] = html + fmt.Sprintf("<script>globalThis.gonb_comm?.send(%q, %d)</script>", commRan, p.script)
	}
	p.out.display(data)
}

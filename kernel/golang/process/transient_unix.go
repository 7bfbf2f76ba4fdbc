//go:build unix

package process

import (
	"fmt"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// transientPrefix begins the display id under which gonbui's dom package shows scripts. It erases
// each as soon as the kernel has it: a page that has not run it by then never does.
const transientPrefix = "gonb_transient_js_"

// transient displays something under the id of transient scripts, when the page has run the script
// before. That is known by a second script behind the first, which sends its number on the comm; a page that did not tell
// is not waited for again.
func (p *program) transient(data *protocol.DisplayData) {
	p.deaf = p.deaf || p.script > 0 && !p.ran()
	p.script = 0
	html, _ := data.Data[protocol.MIMETextHTML].(string)
	if strings.Contains(html, "<script") && !p.deaf && p.paged() {
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

// paged makes sure that a page which sent the cell has a comm to tell on. Where nothing says that there is a page, only one
// that has a comm is waited for.
func (p *program) paged() bool {
	return p.out.cell == "" || p.reach()
}

// ran waits until the page has run the script, as long as the page answers.
func (p *program) ran() bool {
	wait, limits := p.serve(p.comms.holds), p.comms.limits
	for end := p.now().Add(limits.run); p.now().Before(end); {
		if wait(limits.guess, func() bool { return p.comms.ran >= p.script }) {
			return true
		}
		if p.exited.Load() || !p.comms.ping(p.front, limits.guess, wait) {
			return false
		}
	}
	return false
}

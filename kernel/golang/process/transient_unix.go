//go:build unix

package process

import (
	"fmt"
	"strings"
	"time"

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
	p.script, p.shown = 0, data.DisplayID
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

// erase erases the script that a program which ended meanwhile has left.
func (p *program) erase() {
	if p.script > 0 {
		p.transient(&protocol.DisplayData{DisplayID: p.shown, Data: map[protocol.MIMEType]any{protocol.MIMETextHTML: ""}})
	}
}

// ran waits until the page has run the script, as long as the page answers. The program may have ended before that, but
// not by an interrupt.
func (p *program) ran() bool {
	limits := p.comms.limits
	wait := func(limit time.Duration, condition func() bool) bool {
		return p.serve(p.comms.holds)(limit, condition) || p.exited.Load() && p.comms.waiting(p.asker.ctx)(limit, condition)
	}
	for end := p.now().Add(limits.run); p.now().Before(end); {
		if wait(limits.guess, func() bool { return p.comms.ran >= p.script }) {
			return true
		}
		if p.asker.ctx.Err() != nil || !p.comms.ping(p.front, limits.guess, wait) {
			return false
		}
	}
	return false
}

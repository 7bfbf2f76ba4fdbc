// Command comm talks to the notebook's page with gonbui/comms, as widgets do.
package main

import (
	"fmt"
	"os"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/comms"
	"github.com/janpfeifer/gonb/gonbui/dom"
	"github.com/janpfeifer/gonb/gonbui/widgets"
)

func main() {
	map[string]func(){"count": count, "read": read, "button": button, "types": types, "send": send, "scripts": scripts, "bare": bare, "left": left}[os.Args[1]]()
	gonbui.Sync()
}

// count sends numbers and expects each back, increased by one.
func count() {
	listen := comms.Listen[int]("/to/cell")
	for i := 1; i <= 4; i++ {
		comms.Send("/to/page", i)
		fmt.Println("got", <-listen.C)
	}
	listen.Close()
}

func read() { fmt.Println("read", comms.ReadValue[string]("/variable")) }

func button() {
	b := widgets.Button("Ok").WithAddress("/button").Done()
	clicks := b.Listen().WithBuffer(1)
	fmt.Println("ready")
	fmt.Println("clicked", <-clicks.C)
}

func types() {
	words, numbers, dict := comms.Listen[[]string]("/words"), comms.Listen[[]float64]("/numbers"), comms.Listen[map[string]float64]("/dict")
	mixed := comms.Listen[string]("/mixed")
	comms.Send("/go", []float64{1, 2})
	fmt.Println(<-words.C, <-numbers.C, <-dict.C, <-mixed.C)
}

func send() {
	comms.Send("/to/page", 1)
	fmt.Println("sent")
}

func scripts() {
	comms.Start()
	bare()
}

// left ends before it erases its script.
func left() {
	comms.Start()
	gonbui.UpdateHTML("gonb_transient_js_left", "<script>step 0</script>")
}

func bare() {
	for i := range 3 {
		dom.TransientJavascript(fmt.Sprint("step ", i))
	}
}

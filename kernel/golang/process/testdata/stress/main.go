// Command stress does what an interrupt has to cope with.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"
)

func main() {
	fmt.Println("running")
	n := 0
	if len(os.Args) > 2 {
		n, _ = strconv.Atoi(os.Args[2])
	}
	map[string]func(int){
		"loop": loop, "syscall": blocked, "goroutines": goroutines, "child": child, "deaf": deaf, "big": big, "small": small,
		"buffered": buffered, "memory": memory,
	}[os.Args[1]](n)
}

func loop(int) {
	for i := 0; ; i++ {
		_ = i
	}
}

func blocked(int) {
	var p [2]int
	_ = syscall.Pipe(p[:])
	_, _ = syscall.Read(p[0], make([]byte, 1))
}

func goroutines(int) {
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() { loop(0) })
	}
	wg.Wait()
}

func child(int) { _ = exec.Command("sh", "-c", "sleep 100; true").Run() }

func deaf(int) {
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	time.Sleep(100 * time.Second)
}

// big writes n mebibytes in large pieces, small n short lines one by one, buffered n short lines at once.
func big(n int) {
	b := make([]byte, 1<<20)
	for i := range b {
		b[i] = 'x'
	}
	for range n {
		_, _ = os.Stdout.Write(b)
	}
}

func small(n int) {
	for i := range n {
		fmt.Println(i)
	}
}

func buffered(n int) {
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for i := range n {
		fmt.Fprintln(w, i)
	}
}

func memory(n int) {
	b := make([]byte, n<<20)
	for i := range b {
		b[i] = 1
	}
	time.Sleep(time.Second) // long enough to be looked at
	fmt.Println(b[len(b)-1])
}

// Command curves stands for programs that log much: it opens runs, logs a metric in each, and says when each last point was logged.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/gemba-ml/gemba/tracker/track"
)

func main() {
	runs := flag.Int("runs", 1, "how many runs")
	points := flag.Int("points", 1000, "how many points each has")
	odd := flag.Bool("odd", false, "some values are no numbers")
	peak := flag.Int("peak", -1, "the step whose value is 9")
	live := flag.Int("live", 0, "so many more points, one every half second, each with the moment it was logged at as its value")
	flag.Parse()
	r := rand.New(rand.NewPCG(1, 2))
	for i := range *runs {
		run := track.Start(fmt.Sprintf("curve-%03d", i))
		for step := range *points {
			run.Metric("loss", value(r, i, step, *points, *odd, *peak), step)
		}
		for k := range *live {
			time.Sleep(500 * time.Millisecond)
			run.Metric("loss", float64(time.Now().UnixMilli()), *points+k)
		}
		run.End(nil)
	}
}

func value(r *rand.Rand, run, step, points int, odd bool, peak int) float64 {
	switch {
	case step == peak:
		return 9
	case odd && step == points/2:
		return math.NaN()
	case odd && step == points/3:
		return math.Inf(1)
	}
	return 2*math.Exp(-5*float64(step)/float64(points)) + 0.01*float64(run) + 0.05*r.NormFloat64()
}

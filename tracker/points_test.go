package tracker

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bits compares values as they are stored: a NaN equals itself, and only with the same payload.
var bits = cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })

func TestPointsRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var random []Metric
	for range 10_000 {
		random = append(random, Metric{Key: string(rune('a' + r.IntN(5))), Value: math.Float64frombits(r.Uint64()), Step: int64(r.Uint64()), Time: int64(r.Uint64())})
	}
	for name, metrics := range map[string][]Metric{
		"one":     {{"loss", 0.5, 1, 2}},
		"special": {{"x", math.NaN(), 0, 0}, {"x", math.Inf(1), -5, -1}, {"", math.Inf(-1), math.MinInt64, math.MaxInt64}, {"x", math.Copysign(0, -1), math.MaxInt64, math.MinInt64}},
		"random":  random,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DecodePoints(EncodePoints(metrics))
			if diff := cmp.Diff(Series(metrics), got, bits); diff != "" || err != nil {
				t.Errorf("%v, points (-want +got):\n%.2000s", err, diff)
			}
		})
	}
}

func FuzzDecodePoints(f *testing.F) {
	f.Add(EncodePoints([]Metric{{"loss", 0.5, 1, 2}, {"loss", 0.25, 2, 3}, {"acc", math.NaN(), -1, 0}}))
	f.Add([]byte(pointsMagic + "\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		series, err := DecodePoints(b)
		if err != nil {
			if !errors.Is(err, ErrPoints) {
				t.Error(err)
			}
			return
		}
		for _, s := range series {
			if len(s) > len(b) {
				t.Errorf("%d points from %d bytes", len(s), len(b))
			}
		}
	})
}

func TestLoggedRoundTrip(t *testing.T) {
	text := "of <a> model"
	for name, l := range map[string]Logged{
		"nothing": {},
		"all": {Params: []Param{{"lr", "0.1", FloatValue}, {"", "", ""}}, Tags: []Tag{{"a", "sha256:…\n", false}, {"b", "", true}},
			Inputs:  []Input{{Name: "train", Digest: "abc", Tags: []Tag{{Key: "mlflow.data.context", Value: "training"}}}},
			Aliases: []Alias{{"champion", 3}, {"old", 0}}, Description: &text},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DecodeLogged(l.Encode())
			if diff := cmp.Diff(l, got); diff != "" || err != nil {
				t.Errorf("%v, logged (-want +got):\n%s", err, diff)
			}
		})
	}
}

package environ

import (
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
)

// features are what of a processor changes how numbers are computed: libraries choose their code by it.
var features = []string{
	"sse4_2", "avx", "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16",
	"avx_vnni", "amx_tile", "amx_int8", "amx_bf16", "asimd", "asimdhp", "asimddp", "sve", "sve2", "bf16", "i8mm",
}

// processor tells the processor's model and how many cores and threads it has. available is how many of them this
// process may use at once.
func (l *look) processor() {
	infos, err := cpu.InfoWithContext(l.ctx)
	if err == nil && len(infos) > 0 {
		l.facts.set("cpu.model", strings.Join(strings.Fields(infos[0].ModelName), " "))
		has := slices.DeleteFunc(slices.Clone(features), func(f string) bool { return !slices.Contains(infos[0].Flags, f) })
		l.facts.set("cpu.features", strings.Join(has, " "))
	}
	for fact, logical := range map[string]bool{"cpu.cores": false, "cpu.threads": true} {
		if n, err := cpu.CountsWithContext(l.ctx, logical); err == nil && n > 0 {
			l.facts.set(fact, strconv.Itoa(n))
		}
	}
	l.facts.set("cpu.available", strconv.Itoa(runtime.NumCPU()))
}

// memory tells the machine's memory, in MiB: of the last kilobytes each start of a kernel takes others.
func (l *look) memory() {
	if m, err := mem.VirtualMemoryWithContext(l.ctx); err == nil {
		l.facts.set("memory.mib", strconv.FormatUint(m.Total>>20, 10))
	}
}

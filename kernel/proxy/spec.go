package proxy

import "github.com/gemba-ml/gemba/kernel/proxy/kernelspec"

// Spec is an installed kernel, as its kernelspec describes it.
type Spec = kernelspec.Spec

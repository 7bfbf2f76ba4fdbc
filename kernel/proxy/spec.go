package proxy

import "github.com/gemba-ml/gemba/kernel/proxy/kernelspec"

// Spec is an installed kernel, as its kernelspec describes it.
type Spec = kernelspec.Spec

// ReadSpec reads the kernelspec in folder dir.
func ReadSpec(dir string) (Spec, error) { return kernelspec.Read(dir) }

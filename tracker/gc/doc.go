// Package gc gives disk space back without losing what an entry needs. It collects what no entry names,
// merges the small files that many sessions leave, takes bytes out that have to go, and tells what takes how
// much. It rewrites packs and archives and never changes an entry. It knows no kernel, no remote and no command.
//
// At every moment each needed blob is in at least one pack: what is kept of a pack is copied and durable before
// the pack goes. So a crash leaves at worst bytes twice, which the next run finds.
package gc

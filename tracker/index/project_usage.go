package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Usage is what a cell execution used of the machine.
type Usage struct {
	Session   tracker.ID     `json:"session"`
	Execution tracker.ID     `json:"execution"`
	Time      time.Time      `json:"time"`
	Devices   tracker.Digest `json:"devices_digest,omitzero"`
	tracker.Usage
}

func used(b *batch, at place, e *tracker.UsageEntry) error {
	missing, err := json.Marshal(append([]string{}, e.Missing...))
	if err != nil {
		return err
	}
	return b.exec(`INSERT INTO usage (journal, entry, session, execution, time, user_cpu_ns, system_cpu_ns, memory, disk_read, disk_written,
			received, sent, machine_received, machine_sent, energy_j, gpu_energy_j, samples, sampled_ns, devices, missing)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		at.journal, at.entry, e.Session.String(), e.Execution.String(), timeText(e.Time), int64(e.UserCPU), int64(e.SystemCPU), e.Memory, e.DiskRead, e.DiskWritten,
		e.Received, e.Sent, e.MachineReceived, e.MachineSent, e.Energy, e.GPUEnergy, e.Samples, int64(e.Sampled), e.Devices.String(), string(missing))
}

// Usages returns what a cell execution used, as told by each journal that tells of it.
func (x *Index) Usages(ctx context.Context, execution tracker.ID) ([]Usage, error) {
	scan := func(rows *sql.Rows) (u Usage, err error) {
		var missing []byte
		err = rows.Scan(into(&u.Session), into(&u.Execution), at(&u.Time), &u.UserCPU, &u.SystemCPU, &u.Memory, &u.DiskRead, &u.DiskWritten,
			&u.Received, &u.Sent, &u.MachineReceived, &u.MachineSent, &u.Energy, &u.GPUEnergy, &u.Samples, &u.Sampled, into(&u.Devices), &missing)
		if err == nil {
			err = json.Unmarshal(missing, &u.Missing)
		}
		return u, err
	}
	return collect(ctx, x, scan, `SELECT session, execution, time, user_cpu_ns, system_cpu_ns, memory, disk_read, disk_written, received, sent,
			machine_received, machine_sent, energy_j, gpu_energy_j, samples, sampled_ns, devices, missing
		FROM usage WHERE execution = ?`+oldest, execution.String())
}

// UsageOfRun returns what the cell executions that told something of a run used together, whatever else they did, and of how many
// that is known. Its Memory is the most of one.
func (x *Index) UsageOfRun(ctx context.Context, run tracker.ID) (u tracker.Usage, cells int, err error) {
	scan := func(rows *sql.Rows) (u tracker.Usage, err error) {
		err = rows.Scan(&cells, &u.UserCPU, &u.SystemCPU, &u.Memory, &u.DiskRead, &u.DiskWritten, &u.Received, &u.Sent,
			&u.MachineReceived, &u.MachineSent, &u.Energy, &u.GPUEnergy, &u.Samples, &u.Sampled)
		return u, err
	}
	all, err := collect(ctx, x, scan, `SELECT count(DISTINCT execution), coalesce(sum(user_cpu_ns), 0), coalesce(sum(system_cpu_ns), 0), coalesce(max(memory), 0),
			coalesce(sum(disk_read), 0), coalesce(sum(disk_written), 0), coalesce(sum(received), 0), coalesce(sum(sent), 0),
			coalesce(sum(machine_received), 0), coalesce(sum(machine_sent), 0), coalesce(sum(energy_j), 0), coalesce(sum(gpu_energy_j), 0),
			coalesce(sum(samples), 0), coalesce(sum(sampled_ns), 0)
		FROM usage WHERE execution IN (SELECT execution FROM run_executions WHERE run = ? AND execution <> '')`, run.String())
	if err != nil || len(all) == 0 {
		return u, 0, err
	}
	return all[0], cells, nil
}

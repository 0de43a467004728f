package traffic

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what a process has used.
type usage struct {
	cpu time.Duration // user and system
	rss float64       // MB
}

// tick is the unit of /proc/PID/stat (USER_HZ).
const tick = time.Second / 100

// usageOf reads it; nothing of a process that is not there.
func usageOf(pid int) (u usage) {
	if pid == 0 {
		return u
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return u
	}
	u.cpu = cpuOf(stat)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return u
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			u.rss = kb / 1024
		}
	}
	return u
}

// cpuOf reads fields 14 and 15 of /proc/PID/stat (proc(5)); the name before them may hold blanks and brackets.
func cpuOf(stat []byte) time.Duration {
	f := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * tick
}

package mediatest

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// OpenTun makes an interface, of the network namespace of the calling thread, whose IP packets are read and written as a
// file. It is gone when that is closed. The error is the system's: it takes root.
func OpenTun(name string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, os.NewSyscallError("open", err)
	}
	r, err := unix.NewIfreq(name)
	if err == nil {
		r.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, r)
	}
	if err != nil {
		unix.Close(fd) //nolint:errcheck // the first error is the one to tell
		return nil, os.NewSyscallError("ioctl", err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// Tunnel is a bad network between two interfaces: every packet is impaired, both ways.
type Tunnel struct {
	ends [2]*os.File
	ways [2]*impairer
	wait sync.WaitGroup
}

// NewTunnel joins two interfaces, which are its own from now on. The same seed makes the same choices.
func NewTunnel(a, b *os.File, is Impairment, seed uint64) *Tunnel {
	t := &Tunnel{ends: [2]*os.File{a, b}, ways: [2]*impairer{newImpairer(is, seed), newImpairer(is, seed+1)}}
	for i := range t.ends {
		t.wait.Go(func() { t.carry(i) })
	}
	return t
}

// Did tells what was done to packets that went in at one end and at the other.
func (t *Tunnel) Did() [2]Did { return [2]Did{t.ways[0].done(), t.ways[1].done()} }

// Close takes both interfaces away. What is on its way is lost.
func (t *Tunnel) Close() {
	for _, f := range t.ends {
		f.Close() //nolint:errcheck // only ends its reader
	}
	t.wait.Wait()
	for _, w := range t.ways {
		w.wait.Wait()
	}
}

func (t *Tunnel) carry(from int) {
	buf := make([]byte, 2048)
	for {
		n, err := t.ends[from].Read(buf)
		if err != nil {
			return
		}
		t.ways[from].pass(append([]byte(nil), buf[:n]...), func(b []byte) {
			t.ends[1-from].Write(b) //nolint:errcheck // a network loses packets
		})
	}
}

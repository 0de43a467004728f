package kernel

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"golang.org/x/sys/unix"
)

// hooks are the interfaces whose packets the program sees. An interface is hooked when the first flow wants it, by a
// goroutine of its own, because the kernel may make that wait.
type hooks struct {
	log      *slog.Logger
	program  *ebpf.Program
	loopback uint32
	wanted   chan uint32
	quit     chan struct{}
	news     *os.File // of links, addresses and routes
	wait     sync.WaitGroup

	mu   sync.Mutex
	done map[uint32]hook
}

// hook is one interface, hooked or refused for good.
type hook struct {
	link link.Link
	err  error
}

// newHooks shows that hooking is possible, on loopback.
func newHooks(program *ebpf.Program, log *slog.Logger) (*hooks, error) {
	h := &hooks{log: log, program: program, wanted: make(chan uint32, 16), quit: make(chan struct{}), done: map[uint32]hook{}}
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.Flags&net.FlagLoopback != 0 {
			h.loopback = uint32(i.Index)
		}
	}
	l, err := h.attach(h.loopback)
	if err != nil {
		return nil, fmt.Errorf("hook: %w", err)
	}
	return h, l.Close()
}

func (h *hooks) attach(index uint32) (link.Link, error) {
	return link.AttachTCX(link.TCXOptions{Interface: int(index), Program: h.program, Attach: ebpf.AttachTCXIngress})
}

// watch begins to hook what is wanted, and calls changed when the network does.
func (h *hooks) watch(changed func()) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("news of the network: %w", err)
	}
	h.news = os.NewFile(uintptr(fd), "netlink")
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV4_ROUTE | unix.RTMGRP_IPV4_RULE)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		return fmt.Errorf("news of the network: %w", err)
	}
	h.wait.Go(h.hook)
	h.wait.Go(func() {
		b := make([]byte, 1<<15)
		for {
			if _, err := h.news.Read(b); err != nil && !errors.Is(err, unix.ENOBUFS) { // some were lost: that is news as well
				return
			}
			h.forget()
			changed()
		}
	})
	return nil
}

func (h *hooks) hook() {
	for {
		select {
		case <-h.quit:
			return
		case index := <-h.wanted:
			h.take(index)
		}
	}
}

func (h *hooks) take(index uint32) {
	h.mu.Lock()
	_, known := h.done[index]
	h.mu.Unlock()
	if known {
		return
	}
	one := hook{}
	i, err := net.InterfaceByIndex(int(index))
	switch {
	case err != nil:
		one.err = fmt.Errorf("%w: interface %d: %w", ErrUnsuitable, index, err)
	case len(i.HardwareAddr) != 6 && i.Flags&net.FlagLoopback == 0:
		one.err = fmt.Errorf("%w: %s is no Ethernet", ErrUnsuitable, i.Name)
	default:
		if one.link, err = h.attach(index); err != nil {
			one.err = fmt.Errorf("%w: %s: %w", ErrUnsuitable, i.Name, err)
		}
	}
	if one.err != nil {
		h.log.Warn("an interface is left to user space", "err", one.err)
	} else {
		h.log.Info("media is forwarded in the kernel", "interface", i.Name)
	}
	h.mu.Lock()
	h.done[index] = one
	h.mu.Unlock()
}

// ready says whether an interface is hooked, and has it hooked if not. Errors: ErrLater, ErrUnsuitable.
func (h *hooks) ready(index uint32) error {
	h.mu.Lock()
	one, known := h.done[index]
	h.mu.Unlock()
	if known {
		return one.err
	}
	select {
	case h.wanted <- index:
	default: // asked for again
	}
	return ErrLater
}

// forget lets interfaces go that are no more, or were refused: they may come again as something else.
func (h *hooks) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for index, one := range h.done {
		if _, err := net.InterfaceByIndex(int(index)); err != nil || one.err != nil {
			one.close()
			delete(h.done, index)
		}
	}
}

func (h *hooks) close() {
	close(h.quit)
	if h.news != nil {
		h.news.Close()
	}
	h.wait.Wait()
	for _, one := range h.done {
		one.close()
	}
}

func (h hook) close() {
	if h.link != nil {
		h.link.Close() //nolint:errcheck // nothing can be done about it
	}
}

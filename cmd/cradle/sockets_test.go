package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestForbiddenPort: where a low port may not be opened, the door says how to
// allow it and takes the other one.
func TestForbiddenPort(t *testing.T) {
	var log bytes.Buffer
	d := door{flag: "http", addr: "127.0.0.1:80", fallback: 8080}
	refused := &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EACCES)}
	next, ok := d.instead(refused, slog.New(slog.NewTextHandler(&log, nil)))
	if !ok || next != "127.0.0.1:8080" || !strings.Contains(log.String(), "cap_net_bind_service") {
		t.Errorf("got %q %v and said %q", next, ok, log.String())
	}
	if _, ok := d.instead(os.NewSyscallError("bind", syscall.EADDRINUSE), slog.Default()); ok {
		t.Error("a taken port was replaced: it must be refused")
	}
	if _, ok := (door{flag: "metrics", addr: "127.0.0.1:80"}).instead(refused, slog.Default()); ok {
		t.Error("a door without another port was replaced")
	}
}

// TestTakenPort: one clear line that names the flag.
func TestTakenPort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, err = door{flag: "http", addr: ln.Addr().String(), fallback: 8080}.stream(context.Background(), slog.Default())
	if err == nil || !strings.Contains(err.Error(), "--http") || !strings.Contains(err.Error(), "taken") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
	if ln, err := (door{flag: "http", addr: off}).stream(context.Background(), slog.Default()); ln != nil || err != nil {
		t.Errorf("a closed door: %v %v", ln, err)
	}
}

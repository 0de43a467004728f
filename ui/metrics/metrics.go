// Package metrics holds what Prometheus may ask: the appliance's own registry,
// filled from the rooms when it is asked and from the provisioning feed. No
// label ever holds a number, a name, an address or a MAC.
package metrics

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"cradle/directory"
	"cradle/ui/live"
)

// Config is what is measured. Everything but Directory may be nil.
type Config struct {
	Directory    *directory.Directory
	Registrar    live.Registrar
	Provisioning live.Provisioning
	Calls        live.Calls
	Sight        live.Sight
	Media        func() live.Media
	// Streams is how many browsers listen, and how many were too slow so far.
	Streams func() (now int, dropped uint64)
	Version string
}

// Metrics is the registry with its listener.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	web      *prometheus.HistogramVec
	steps    live.Feed[[]live.Step]
	waiter   sync.WaitGroup
	closing  sync.Once
}

// New makes the registry and starts counting provisioning requests.
func New(c Config) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cradle_provisioning_requests_total",
			Help: "Requests of known phones for their settings, by door and class of the answer.",
		}, []string{"door", "class"}),
		web: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "cradle_http_request_seconds",
			Help:    "Time of requests to the portal and its API, by route and class of the answer.",
			Buckets: []float64{.001, .005, .025, .1, .5, 2.5},
		}, []string{"method", "route", "class"}),
	}
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.web,
	)
	m.rooms(c)
	if c.Provisioning != nil {
		m.steps = c.Provisioning.Watch()
		m.waiter.Add(1)
		go func() {
			defer m.waiter.Done()
			m.listen()
		}()
	}
	return m
}

// rooms registers the values that are read when they are asked for.
func (m *Metrics) rooms(c Config) {
	m.gauge("cradle_directory_revision", "Revision of the directory.", func() float64 {
		return float64(c.Directory.Snapshot().Revision())
	})
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "cradle_build_info", Help: "The version that runs; always 1.",
		ConstLabels: prometheus.Labels{"version": c.Version},
	})
	build.Set(1)
	m.registry.MustRegister(build)
	if c.Registrar != nil {
		m.gauge("cradle_registrations", "Bindings that are live now.", func() float64 { return float64(c.Registrar.Count()) })
	}
	if c.Calls != nil {
		m.gauge("cradle_calls", "Calls that are up or being set up.", func() float64 { return float64(len(c.Calls.Calls())) })
		m.sound(c.Calls)
	}
	if c.Sight != nil {
		m.sip(c.Sight)
	}
	if c.Streams != nil {
		m.gauge("cradle_stream_clients", "Browsers that listen now.", func() float64 { n, _ := c.Streams(); return float64(n) })
		m.counter("cradle_stream_dropped_total", "Browsers that were too slow.", func() float64 { _, n := c.Streams(); return float64(n) })
	}
	if c.Media != nil {
		m.gauge("cradle_media_sessions", "Legs of calls that hold media ports now.", func() float64 { return float64(c.Media().Sessions) })
		m.gauge("cradle_media_free_port_pairs", "Pairs of media ports that are free.", func() float64 { return float64(c.Media().FreePorts) })
		m.counter("cradle_media_packets_relayed_total", "Media packets that were sent on.", func() float64 { return float64(c.Media().Relayed) })
		m.gauge("cradle_media_kernel", "1: plain calls may be forwarded in the kernel; 0: all media goes through user space.", func() float64 {
			if c.Media().InKernel {
				return 1
			}
			return 0
		})
		m.gauge("cradle_media_kernel_flows", "Directions of calls that the kernel forwards now.", func() float64 { return float64(c.Media().Flows) })
		m.counter("cradle_media_kernel_packets_total", "Media packets that the kernel sent on by itself.", func() float64 { return float64(c.Media().Forwarded) })
		m.counter("cradle_media_packets_dropped_total", "Media packets that were dropped.", func() float64 { return float64(c.Media().Dropped) })
	}
}

// sound is how calls are heard: by class, and never by whom.
func (m *Metrics) sound(calls live.Calls) {
	for class := range calls.Listened().Classes {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "cradle_call_legs_total", Help: "Legs of calls that ended, by how the phone was heard (average MOS of the E-model, classes of ITU-T G.109).",
			ConstLabels: prometheus.Labels{"quality": class},
		}, func() float64 { return float64(calls.Listened().Classes[class]) }))
	}
	m.counter("cradle_calls_one_way_total", "Calls in which one phone was not heard for seconds while the other was.", func() float64 { return float64(calls.Listened().OneWay) })
	m.counter("cradle_phone_quality_reports_total", "Reports of their own hearing that phones sent and that belong to a call.", func() float64 { return float64(calls.Listened().Reports) })
	m.gauge("cradle_calls_one_way", "Calls in which one phone is not heard now.", func() (n float64) {
		for _, c := range calls.Calls() {
			for _, h := range c.Heard {
				if h.Silent {
					n++
				}
			}
		}
		return n
	})
}

// sip are the numbers of the SIP door; none has a name or a number of anybody.
func (m *Metrics) sip(s live.Sight) {
	for name, one := range map[string]struct {
		help string
		read func(live.SIPLoad) int
	}{
		"cradle_sip_subscriptions": {"Subscriptions of phones that live now.", func(l live.SIPLoad) int { return l.Subscriptions }},
		"cradle_sip_connections":   {"Connections of phones that are open now.", func(l live.SIPLoad) int { return l.Connections }},
		"cradle_sip_traces":        {"Traces that run or can still be read.", func(l live.SIPLoad) int { return l.Traces }},
	} {
		m.gauge(name, one.help, func() float64 { return float64(one.read(s.Load())) })
	}
	for name, one := range map[string]struct {
		help string
		read func(live.SIPLoad) uint64
	}{
		"cradle_sip_notifies_taken_total":     {"NOTIFYs to subscribers that phones took.", func(l live.SIPLoad) uint64 { return l.NotifiesTaken }},
		"cradle_sip_notifies_not_taken_total": {"NOTIFYs to subscribers that phones refused or did not answer.", func(l live.SIPLoad) uint64 { return l.NotifiesNot }},
		"cradle_sip_messages_passed_total":    {"SIP messages that passed the screen.", func(l live.SIPLoad) uint64 { return l.Passed }},
		"cradle_sip_messages_screened_total":  {"SIP messages that the screen answered or dropped.", func(l live.SIPLoad) uint64 { return l.Screened }},
	} {
		m.counter(name, one.help, func() float64 { return float64(one.read(s.Load())) })
	}
}

func (m *Metrics) gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

func (m *Metrics) counter(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, read))
}

// listen counts phones' steps until the feed ends.
func (m *Metrics) listen() {
	for steps := range m.steps.C() {
		for _, s := range steps {
			m.requests.WithLabelValues(door(s.Door), Class(s.Status)).Inc()
		}
	}
}

// Served notes one request to the portal. route is the pattern, never the path.
func (m *Metrics) Served(method, route string, status int, took time.Duration) {
	m.web.WithLabelValues(method, route, Class(status)).Observe(took.Seconds())
}

// Handler serves the registry.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Close stops listening.
func (m *Metrics) Close() {
	m.closing.Do(func() {
		if m.steps != nil {
			m.steps.Close()
		}
	})
	m.waiter.Wait()
}

// Class of a status: "2xx" and so on.
func Class(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return strconv.Itoa(status/100) + "xx"
}

// door keeps the label to the doors there are, whatever a step says.
func door(name string) string {
	switch name {
	case "http", "https", "tftp", "pnp":
		return name
	}
	return "other"
}

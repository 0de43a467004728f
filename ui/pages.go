package ui

import (
	"bytes"
	"crypto/rand"
	"embed"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// built holds the pages as they were when the program was built; without Node
// it holds only the placeholder.
//
//go:embed all:web/dist
var built embed.FS

// builtPages is the root of the embedded pages.
func builtPages() fs.FS {
	sub, err := fs.Sub(built, "web/dist")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// The names of the page that every navigation gets, and of its stand-in.
const (
	indexPage       = "index.html"
	placeholderPage = "placeholder.html"
)

// pages serves the portal: files by their names, and the one page for
// everything else, which then reads the address itself.
type pages struct {
	files fs.FS
	setUp func() bool
}

// serve is what a request for no route gets.
func (p *pages) serve(c *gin.Context) {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		problem(c, http.StatusNotFound, "no such address")
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+c.Request.URL.Path), "/")
	if isAPI(name) {
		problem(c, http.StatusNotFound, "no such address")
		return
	}
	if name != "" && name != indexPage && !strings.HasPrefix(name, ".") && p.file(c, name) {
		return
	}
	if strings.HasPrefix(name, "assets/") || looksLikeFile(name) {
		problem(c, http.StatusNotFound, "no such file")
		return
	}
	if !p.setUp() && name != "setup" {
		target := "/setup"
		if q := c.Request.URL.RawQuery; q != "" {
			target += "?" + q
		}
		c.Header("Cache-Control", "no-store")
		c.Redirect(http.StatusFound, target)
		return
	}
	if !p.index(c) && !p.file(c, placeholderPage) {
		problem(c, http.StatusNotFound, "the pages are not built; run 'make build'")
	}
}

// index serves the one page with a fresh nonce, which its scripts read from
// <meta name="csp-nonce"> and give to the style elements they make.
func (p *pages) index(c *gin.Context) bool {
	body, err := fs.ReadFile(p.files, indexPage)
	if err != nil {
		return false
	}
	nonce := rand.Text()
	body = bytes.Replace(body, []byte("<head>"), []byte(`<head><meta name="csp-nonce" content="`+nonce+`">`), 1)
	c.Header("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+nonce+"'", 1))
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/html; charset=utf-8", body)
	return true
}

// hashed are names with a hash of what they hold, such as
// assets/index-C0ffee12.js: browsers may keep them for ever.
var hashed = regexp.MustCompile(`^assets/.*-[A-Za-z0-9_-]{8}\.[a-z0-9]+$`)

// file serves one file; false: there is none.
func (p *pages) file(c *gin.Context, name string) bool {
	f, err := p.files.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return false
	}
	body, err := io.ReadAll(f)
	if err != nil {
		return false
	}
	if hashed.MatchString(name) {
		c.Header("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		c.Header("Cache-Control", "no-cache")
	}
	http.ServeContent(c.Writer, c.Request, path.Base(name), time.Time{}, bytes.NewReader(body))
	return true
}

func isAPI(name string) bool { return name == "api" || strings.HasPrefix(name, "api/") }

// looksLikeFile tells names such as favicon.ico from addresses of the portal.
func looksLikeFile(name string) bool { return path.Ext(name) != "" }

package provisioning_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// perLine is what says something of each line.
var perLine = []struct {
	model string
	says  string
	from  int // the number of the first line
}{
	{"yealink-t46u", "account.%d.srtp_encryption = 2\n", 1},
	{"yealink-t46u", "account.%d.sip_server.1.transport_type = 2\n", 1},
	{"yealink-t46u", "linekey.%[1]d.line = %[1]d\n", 1},
	{"grandstream-grp2614", `"account.%d.audio.srtpMode">EnabledAndForced<`, 1},
	{"grandstream-grp2614", `"account.%d.sip.transport">TlsOrTcp<`, 1},
	{"snom-d785", `<user_savp idx="%d" perm="R">mandatory<`, 1},
	{"fanvil-x210", "SIP%d Media Crypto       :2\r\n", 1},
	{"aastra-6867i", "sip line%d srtp mode: 2\n", 1},
	{"cisco-spa504g", "<SIP_Transport_%d_>TLS<", 1},
	{"cisco-spa504g", "<Extension_%[1]d_>%[1]d<", 1},
	{"cisco-8841", "<Secure_Call_Option_%d_>Required<", 1},
	{"poly-vvx450", `reg.%d.server.1.transport="TLS"`, 1},
	{"poly-vvx450", "lineKey.%[1]d.category=\"Line\"\n    lineKey.%[1]d.index=\"%[1]d\"", 1},
	{"panasonic-kx-ut136", "SIP_TRANSPORT_%d=\"2\"\r\n", 1},
	{"alcatel-lucent-m3", `"Account%dServer1Transport" value="tls"`, 1},
	{"digium-d65", `<account index="%d" status="1"`, 0},
}

func TestSemicolonInALabelStaysInItsKey(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, want := range map[string]string{"cisco-spa504g": "nme=a fnc=sd ext=900<", "cisco-8841": "nme=a fnc=sd ext=900<", "avaya-j179": "Label=a fnc=sd ext=900;Forced"} {
			body := g.file(t, model, settingsFile(g.k.p.Catalog().Model(model).Family), allLines, func(d *directory.Device) {
				l := directory.Layout{Organization: g.k.org.ID, Name: "semicolon", Keys: []directory.Key{{Position: 4, Type: "blf", Value: "102", Label: "a;fnc=sd;ext=900"}}}
				must(t, g.tx.PutLayout(&l))
				d.Layout = l.ID
			})
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q in\n%s", model, want, body)
			}
		}
	})
}

func TestLampsOfSnomCarryTheirPickup(t *testing.T) {
	inGallery(t, func(g *gallery) {
		body := g.file(t, "snom-d785", "snom{model}-{MAC}.htm", full, nil)
		if !regexp.MustCompile(`<fkey [^>]*>blf sip:102@[0-9.]+;user=phone\|\*50</fkey>`).MatchString(body) {
			t.Error(body)
		}
	})
}

func TestSettingsReachEveryLine(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for _, c := range perLine {
			m := g.k.p.Catalog().Model(c.model)
			body := g.file(t, c.model, settingsFile(m.Family), safe, nil)
			for i := range min(m.Lines, m.Keys) {
				if want := fmt.Sprintf(c.says, c.from+i); !strings.Contains(body, want) {
					t.Errorf("%s: line %d does not say %q", c.model, i+1, want)
				}
			}
		}
	})
}

// TestIdleScreensSayWhoSits: two lines are for name and number, not for one of them twice.
func TestIdleScreensSayWhoSits(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, says := range map[string][2]string{
			"snom-d785":    {">ID 482711</user_idle_text>", `<user_idle_text idx="1" perm="R">Ada Lovelace</user_idle_text>` + "\n" + `    <user_idle_number idx="1" perm="R">101</user_idle_number>`},
			"aastra-6867i": {"sip line1 screen name: ID 482711\nsip line1 screen name 2: \n", "sip line1 screen name: Ada Lovelace\nsip line1 screen name 2: 101\n"},
			"cisco-8841":   {"<Station_Display_Name>ID 482711<", "<Station_Display_Name>Ada Lovelace<"},
			"digium-d65":   {`"idle_company_text" value="ID 482711"`, `"idle_company_text" value=""`},
			"yealink-t46u": {"-idle.xml\n", "screensaver.xml_browser.url = %NULL%\n"},
			"poly-vvx450":  {`mb.idleDisplay.refresh="60"`, `mb.idleDisplay.refresh="60"`},
		} {
			file := settingsFile(g.k.p.Catalog().Model(model).Family)
			for i, st := range []state{idle, oneLine} {
				if body := g.file(t, model, file, st, nil); !strings.Contains(body, says[i]) {
					t.Errorf("%s in state %s: no %q", model, st.name, says[i])
				}
			}
		}
	})
}

// TestAuthorityReachesPhonesThatCheckIt: within settings with its line breaks
// where phones want them, and https addresses only where we are sure.
func TestAuthorityReachesPhonesThatCheckIt(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, says := range map[string][]string{
			"yealink-t46u":        {"static.trusted_certificates.url = https://127.0.0.1:8443/", "auto_provision.server.url = https://"},
			"poly-vvx450":         {"=\"-----BEGIN CERTIFICATE-----&#10;Q3JhZGxl", "Q0E=&#10;-----END CERTIFICATE-----&#10;\"", `caCertList1="Platform1"`, `serverType="HTTPS"`},
			"poly-ip430":          {`caCertList1="Platform1"`, `serverType="HTTP"`},
			"akuvox-sp-r63g":      {"Config.Certificate.01.Url = http://", "Config.Autoprovision.GENERAL.Url = http://"},
			"audiocodes-420hd":    {"security/ca_certificate/0/uri=http://", "provisioning/configuration/url=http://"},
			"panasonic-kx-ut136":  {`CFG_ROOT_CERTIFICATE_PATH="http://`, `CFG_STANDARD_FILE_PATH="http://`},
			"panasonic-kx-tgp500": {`CFG_ROOT_CERTIFICATE_PATH="http://`},
			"snom-d785":           {`<certificate type="base64">Q3JhZGxl`, "Q0E=</certificate>", "<setting_server perm=\"R\">https://"},
			"aastra-6867i":        {"https user certificates: https://", "sips trusted certificates: https://", "download protocol: HTTPS"},
			"avaya-j179":          {`SET TRUSTCERTS "authority.pem"`, "SET TLSSRVR 127.0.0.1"},
			"grandstream-gxp1630": {"<P8433>-----BEGIN CERTIFICATE-----\nQ3JhZGxl", "<P8502>2</P8502>", "<P212>1</P212>"},
			"grandstream-ht802":   {"<P2386>-----BEGIN CERTIFICATE-----\nQ3JhZGxl", "<P212>1</P212>"},
			"grandstream-grp2614": {"trustedCACertificate.1\">-----BEGIN CERTIFICATE-----\nQ3JhZGxl", "\"trustedCACertificates.load\">All Certificates<", "protocol\">HTTP<"},
			"grandstream-gxv3370": {"<item name=\"CACertificates.1\">-----BEGIN"},
			"cisco-spa504g":       {"<Custom_CA_URL>http://", "<Profile_Rule>http://"},
			"cisco-8841":          {"<Custom_CA_Rule>https://", "<Profile_Rule>https://"},
		} {
			body := g.file(t, model, settingsFile(g.k.p.Catalog().Model(model).Family), stateOf("secure"), nil)
			for _, want := range says {
				if !strings.Contains(body, want) {
					t.Errorf("%s: no %q", model, want)
				}
			}
		}
	})
}

// TestPhonesAreToldToTrustOurNotify: where a model asks who sends a NOTIFY, or
// takes none, unless its settings say otherwise, they do.
func TestPhonesAreToldToTrustOurNotify(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, says := range map[string]string{
			"cisco-spa504g": "<Auth_Resync-Reboot_1_>No<", "grandstream-gxp1630": "<P4428>1<", "grandstream-ht802": "<P4428>1<",
			"grandstream-grp2614": `"sip.notify.challenge">No<`, "grandstream-gxp2170": `"sip.notify.challenge">No<`, "htek-uc926": `RemoteControl.Sipnotify">1<`,
			"avaya-j179": "SET ENABLE_OOD_RESET_NOTIFY 1", "digium-d65": `"enable_check_sync" value="1"`, "panasonic-kx-ut136": `CFG_RESYNC_FROM_SIP="check-sync"`,
			"patton-sn4112": "notify check-sync accept",
		} {
			if body := g.file(t, model, settingsFile(g.k.p.Catalog().Model(model).Family), oneLine, nil); !strings.Contains(body, says) {
				t.Errorf("%s: no %q", model, says)
			}
		}
	})
}

// TestKeysOfEveryModule: what the model's data say of a module's size is what is written.
func TestKeysOfEveryModule(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, says := range map[string]string{
			"yealink-t46u": "expansion_module.2.key.%d.type = ", "aastra-6867i": "expmod2 key%d type: ", "cisco-spa504g": "<Unit_2_Key_%d>", "sangoma-s705": `para="Exp2.%d.KeyType"`,
		} {
			m := g.k.p.Catalog().Model(model)
			body := g.file(t, model, settingsFile(m.Family), full, nil)
			for _, n := range []int{1, m.Expansion.Keys} {
				if want := fmt.Sprintf(says, n); strings.Count(body, want) != 1 {
					t.Errorf("%s: %q %d times", model, want, strings.Count(body, want))
				}
			}
			if strings.Contains(body, fmt.Sprintf(says, m.Expansion.Keys+1)) {
				t.Errorf("%s: a key more than the module has", model)
			}
		}
		// Where a module's keys go on counting after the phone's own, two full ones end here.
		m := g.k.p.Catalog().Model("poly-vvx401")
		body, last := g.file(t, m.Name, settingsFile(m.Family), full, nil), m.Keys+2*m.Expansion.Keys
		if strings.Count(body, fmt.Sprintf("lineKey.%d.category", last)) != 1 || strings.Contains(body, fmt.Sprintf("lineKey.%d.category", last+1)) {
			t.Errorf("%s: its modules do not end with key %d", m.Name, last)
		}
	})
}

// TestNoKeyIsSaidTwice: what is laid out displaces what comes by itself. Files
// made of lines are judged by their format; these are not.
func TestNoKeyIsSaidTwice(t *testing.T) {
	names := regexp.MustCompile(`<fkey idx="\d+"|Fkey\d+ Type|pks\.\w+\.\d+\.keyMode|lineKey\.\d+\.category|<Extended_Function_\d+_>|LineKey\d+\.Type`)
	inGallery(t, func(g *gallery) {
		g.everyFamily(t, func(t *testing.T, m *catalog.Model, file string) {
			said := map[string]bool{}
			body := []byte(g.file(t, m.Name, file, full, nil))
			if m.Family.Format == "section" { // its two kinds of keys count anew
				body = body[:max(bytes.Index(body, []byte("--Dsskey Config1")), 0)]
			}
			for _, name := range names.FindAllString(string(body), -1) {
				if said[name] {
					t.Errorf("%s is said twice", name)
				}
				said[name] = true
			}
		})
	})
}

// TestWhoLeavesIsWrittenOut: phones keep what is not said, so what is gone is said to be.
func TestWhoLeavesIsWrittenOut(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, want := range map[string][]string{
			"yealink-t46u":        {"account.2.user_name = %NULL%", "account.2.password = %NULL%", "account.2.enable = 0", "linekey.27.type = 0", "static.sip.nat_stun.server = %NULL%", "action_url.registered = %NULL%"},
			"snom-d785":           {`<user_active idx="2" perm="R">off<`, `<user_pass idx="2" perm="R"></user_pass>`, `<stun_server idx="1" perm="R"></stun_server>`, `<fkey idx="23" `, `<action_setup_url perm="R"></action_setup_url>`},
			"grandstream-grp2614": {`"account.2.enable">No<`, `"account.2.sip.subscriber.password"></item>`, `"pks.vpk.16.keyMode">None<`},
			"fanvil-x210":         {"SIP2 Register Pswd      :\r\n", "SIP2 Enable Reg         :0\r\n"},
			"aastra-6867i":        {"sip line2 password: \n", "topsoftkey20 type: none\n"},
			"poly-vvx450":         {`reg.2.auth.password=""`, `lineKey.12.category="Unassigned"`, `reg.2.address=""`},
			"cisco-8841":          {"<Password_2_></Password_2_>", "<Line_Enable_2_>No<", "<Extended_Function_10_></Extended_Function_10_>"},
			"htek-uc926":          {`"Account2.AuthenticatePassword"></P`, `"LineKey36.Type">0<`},
		} {
			m := g.k.p.Catalog().Model(model)
			body := g.file(t, model, settingsFile(m.Family), idle, nil)
			for _, line := range want {
				if !strings.Contains(body, line) {
					t.Errorf("%s: no %q", model, line)
				}
			}
		}
	})
}

func TestEveryFamilyThatCanEncryptIsTold(t *testing.T) {
	plain := state{name: "plain", step: directory.StepApproved, lines: 1, settings: map[string]string{"sip.srtp": "off"}}
	required := state{name: "required", step: directory.StepApproved, lines: 1, settings: map[string]string{"sip.srtp": "required"}}
	inGallery(t, func(g *gallery) {
		g.everyFamily(t, func(t *testing.T, m *catalog.Model, file string) {
			if m.Family.TLS.SRTP && g.file(t, m.Name, file, plain, nil) == g.file(t, m.Name, file, required, nil) {
				t.Error("required SRTP changes nothing in its file")
			}
			if m.Family.TLS.SIPS && g.file(t, m.Name, file, allLines, nil) == g.file(t, m.Name, file, safe, nil) {
				t.Error("TLS changes nothing in its file")
			}
		})
	})
}

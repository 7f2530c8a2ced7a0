using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary>The settings of each kind of probe, as they are read and as they are refused.</summary>
public sealed class ProbeReaderTests : IDisposable
{
    private const string Head = "probes:\n  - name: more\n    system: ledger\n    role: component\n    interval: 1s\n    timeout: 1s\n";
    private readonly EstateFolderBuilder _folder = new();

    /// <summary>The lines after the head (the first is line 7), and every error of them.</summary>
    public static TheoryData<string, string[]> Refused => new()
    {
        { "kind: http\n    with: { url: \"http://a\", expect-status: [200-199, 99, abc-299] }", [
            "more.yaml:8:46: 'expect-status' holds '200-199'; allowed: status codes from 100 to 599, or ranges of them such as 200-299. Correct the value.",
            "more.yaml:8:55: 'expect-status' holds '99'; allowed: status codes from 100 to 599, or ranges of them such as 200-299. Correct the value.",
            "more.yaml:8:59: 'expect-status' holds 'abc-299'; allowed: status codes from 100 to 599, or ranges of them such as 200-299. Correct the value."] },
        { "kind: http\n    with: { url: \"http://a\", headers: { Authorization: Bearer abc } }", [
            "more.yaml:8:56: 'Authorization' has its secret written out; allowed: { env: NAME } or { file: path relative to the estate's folder }. Put the secret into a file or an environment variable and name that."] },
        { "kind: http\n    with: { url: \"http://a\", bearer: abc, basic: { user: x } }", [
            "more.yaml:8:11: credentials in more than one way; allowed: one of 'basic', 'bearer' and the header 'Authorization'. Keep one of them.",
            "more.yaml:8:38: 'bearer' has its secret written out; allowed: { env: NAME } or { file: path relative to the estate's folder }. Put the secret into a file or an environment variable and name that.",
            "more.yaml:8:50: basic credentials without 'password'; allowed: { env: NAME } or { file: path relative to the estate's folder }. Add 'password:'."] },
        { "kind: http\n    with: { url: \"http://a\", body-matches: \"(a\", redirects: 11, version: \"3\", ip: 5 }", [
            "more.yaml:8:44: 'body-matches' is '(a'; allowed: a regular expression. Correct the value.",
            "more.yaml:8:61: 'redirects' is '11'; allowed: a whole number from 0 to 10. Correct the value.",
            "more.yaml:8:74: 'version' is '3'; allowed: 1.1, 2. Use one of the allowed words.",
            "more.yaml:8:83: 'ip' is '5'; allowed: any, 4, 6. Use one of the allowed words."] },
        { "kind: http\n    with: { url: \"http://a\", json: [ { path: status, equals: ok }, { path: $.a, at-least: many }, { path: $.b, exists: false, at-most: 1 }, { path: $.c, at-least: 3, at-most: 1 } ] }", [
            "more.yaml:8:46: 'path' is 'status'; allowed: a JSON path such as $.status, $.items[0].lag or $['a name']. Correct the value.",
            "more.yaml:8:91: 'at-least' is 'many'; allowed: a number. Correct the value.",
            "more.yaml:8:99: 'exists: false' beside another condition; allowed: 'exists: false' alone. Remove one of them.",
            "more.yaml:8:164: 'at-least' is more than 'at-most'. Correct one of the two."] },
        { "kind: http\n    with: { url: \"http://a\", expect-headers: [ { equals: x }, { name: y, absent: true, contains: z } ] }", [
            "more.yaml:8:48: an expectation of 'expect-headers' without 'name'; allowed: a text. Add 'name:'.",
            "more.yaml:8:63: 'absent: true' beside another condition; allowed: 'absent: true' alone. Remove one of them."] },
        { "kind: http\n    with: { url: \"https://a\", redirects: 1, proxy: { url: \"http://p:1\" }, tls: { certificate: more.yaml } }", [
            "more.yaml:8:95: 'certificate' beside 'proxy' and 'redirects'; allowed: two of the three. Remove 'redirects', and look at the address that answers."] },
        { "kind: http\n    with: { url: \"http://a\", redirects: 1, tls: { certificate: more.yaml } }", [
            "more.yaml:8:64: 'certificate' beside an address without TLS; allowed: an https:// address. Correct 'url': the certificate is shown to no other address."] },
        { "kind: http\n    with: { url: \"https://a\", tls: { expires-in-more-than: 14, ca: no.pem, key: no.key, server-name: \"a:1\" } }", [
            "more.yaml:8:36: a key without 'certificate'; allowed: a PEM file with our certificate. Add 'certificate:', or remove 'key' and 'key-password'.",
            "more.yaml:8:60: 'expires-in-more-than' is '14'; allowed: a number and a unit of ms, s, m, h or d, such as 500ms, 30s, 4h. Write a duration.",
            "more.yaml:8:68: there is no file 'no.pem'; allowed: an existing file, relative to the estate's folder. Put the file there or correct the path.",
            "more.yaml:8:81: there is no file 'no.key'; allowed: an existing file, relative to the estate's folder. Put the file there or correct the path.",
            "more.yaml:8:102: 'server-name' is 'a:1'; allowed: the name or address of a host, without port. Correct the value."] },
        { "kind: http\n    with: { url: \"http://a\", tls: { expires-in-more-than: 14d } }", [
            "more.yaml:8:35: 'tls' beside an address without TLS; allowed: an https:// address. Correct 'url', or remove 'tls'."] },
        { "kind: http\n    with: { url: \"http://a\", proxy: { url: \"https://p\", user: x } }", [
            "more.yaml:8:37: a proxy with 'user' and no 'password'; allowed: both or none. Add the other one, or remove both.",
            "more.yaml:8:44: a proxy that is spoken to over https; allowed: an http:// address. Name the proxy's plain port."] },
        { "kind: tcp\n    with: { host: \"a:80\", port: 80, tls: maybe, banner: { send: x } }", [
            "more.yaml:8:19: 'host' is 'a:80'; allowed: the name or address of a host, without port. Correct the value.",
            "more.yaml:8:42: 'tls' is 'maybe'; allowed: true, false. Correct the value.",
            "more.yaml:8:57: a banner without 'starts-with' and 'matches'; allowed: at least one of the two. Say what must come."] },
        { "kind: dns\n    with: { name: a.example, type: AAA, match: all, rcode: NXDOMAN, transport: quic }", [
            "more.yaml:8:36: 'type' is 'AAA'; allowed: A, AAAA, CNAME, MX, TXT, SRV, SOA, NS; did you mean 'AAAA'? Use one of the allowed words.",
            "more.yaml:8:48: 'match' is 'all'; allowed: contains, any, exact. Use one of the allowed words.",
            "more.yaml:8:48: 'match' without 'expect'; allowed: contains, any, exact beside 'expect'. Add 'expect:', or remove 'match'.",
            "more.yaml:8:60: 'rcode' is 'NXDOMAN'; allowed: NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED; did you mean 'NXDOMAIN'? Use one of the allowed words.",
            "more.yaml:8:80: 'transport' is 'quic'; allowed: auto, udp, tcp. Use one of the allowed words."] },
        { "kind: dns\n    with: { name: a.example, expect: [b.example], rcode: NXDOMAIN }", [
            "more.yaml:8:38: 'expect' beside 'rcode: NXDOMAIN', an answer without records; allowed: 'expect' with NOERROR. Remove one of them.",
            "more.yaml:8:39: 'expect' holds 'b.example'; allowed: addresses. Correct the value."] },
        { "kind: icmp\n    with: { host: a, count: 3, most-lost: 3, size: 5 }", [
            "more.yaml:8:43: 'most-lost' is 3 of 3; allowed: fewer than 'count'. At least one request must be answered.",
            "more.yaml:8:46: unknown key 'size' in the settings of kind 'icmp'; allowed: host, ip, count, most-lost. Correct the key or remove it."] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Refused))]
    public void Load_WrongSettings_AreAllReportedWithTheirPlace(string lines, string[] errors)
    {
        Write(lines);

        _folder.LoadErrors().Select(error => error.ToString()).Should().Equal(errors);
    }

    [Fact]
    public void Load_AWrittenSecret_IsNotRepeated()
    {
        Write("kind: http\n    with: { url: \"http://a\", bearer: hunter2, headers: { Cookie: hunter2 }, basic: { user: x, password: hunter2 } }");

        string.Join('\n', _folder.LoadErrors()).Should().NotContain("hunter2");
    }

    [Fact]
    public void Load_EverySettingOfHttp_IsRead()
    {
        File.WriteAllText(Path.Combine(_folder.Folder, "ca.pem"), "x");
        Write("""
            kind: http
                with:
                  url: https://a.example/x
                  headers: { X-Key: { env: KEY }, Accept: text/html }
                  bearer: { env: TOKEN }
                  expect-status: [200-299, 404]
                  body-contains: [a, b]
                  body-does-not-contain: c
                  body-matches: "d+"
                  json: [ { path: $.lag, at-most: 5, value: true }, { path: $.gone, exists: false } ]
                  expect-headers: [ { name: X-Role, equals: primary } ]
                  redirects: 3
                  version: "2"
                  ip: 4
                  tls: { expires-in-more-than: 14d, ca: ca.pem, server-name: b.example }
                  proxy: { url: "http://proxy:3128", user: u, password: { env: PW } }
            """);

        var http = (HttpProbeSettings)_folder.LoadGood().Estate.FindProbe("more")!.Settings;

        http.Headers.Should().Equal(new Dictionary<string, string> { ["Accept"] = "text/html" });
        http.SecretHeaders.Should().ContainKey("X-Key").WhoseValue.Should().Be(new SecretReference.Env("KEY"));
        http.Credentials.Should().Be(new HttpCredentials(null, new SecretReference.Env("TOKEN")));
        http.ExpectedStatus.Should().Equal(new StatusRange(200, 299), 404);
        http.Expect!.Contains.Should().Equal("a", "b");
        http.Expect.DoesNotContain.Should().Equal("c");
        http.Expect.Matches!.ToString().Should().Be("d+");
        JsonPath.TryParse("$.lag", out var lag);
        JsonPath.TryParse("$.gone", out var gone);
        http.Expect.Json.Should().Equal(new JsonExpectation(lag!, null, null, 5, true, true), new JsonExpectation(gone!, null, null, null, false, false));
        http.Expect.Headers.Should().Equal(new HeaderExpectation("X-Role", "primary", null, null, false));
        http.Should().BeEquivalentTo(new { Redirects = 3, IsHttp2 = true, Ip = IpChoice.Four, HasOwnConnections = true });
        http.Tls.Should().Be(new TlsSettings(TimeSpan.FromDays(14), Path.Combine(_folder.Folder, "ca.pem"), null, null, null, "b.example"));
        http.Proxy.Should().Be(new HttpProxySettings(new Uri("http://proxy:3128"), "u", new SecretReference.Env("PW")));
    }

    [Fact]
    public void Load_EverySettingOfTheOthers_IsRead()
    {
        Write("kind: dns\n    with: { name: a.example., type: MX, server: 10.0.0.53, port: 5353, expect: [10 mail.a.example], match: exact, transport: tcp }");
        _folder.LoadGood().Estate.FindProbe("more")!.Settings.Should().BeEquivalentTo(
            new DnsProbeSettings("10.0.0.53", 5353, "a.example", DnsRecordType.Mx, ["10 mail.a.example"], DnsMatch.Exact, "NOERROR", DnsTransport.Tcp));

        Write("kind: icmp\n    with: { host: a.example, ip: 6, count: 5, most-lost: 1 }");
        _folder.LoadGood().Estate.FindProbe("more")!.Settings.Should().Be(new IcmpProbeSettings("a.example", IpChoice.Six, 5, 1));

        Write("kind: tcp\n    with: { host: a.example, port: 25, tls: true, banner: { send: \"EHLO\\r\\n\", starts-with: \"220 \", within-bytes: 64 } }");
        _folder.LoadGood().Estate.FindProbe("more")!.Settings.Should().Be(
            new TcpProbeSettings("a.example", 25) { Tls = TlsSettings.Usual, Banner = new TcpBanner("EHLO\r\n", "220 ", null, 64) });
    }

    private void Write(string lines) => File.WriteAllText(Path.Combine(_folder.Folder, "more.yaml"), Head + "    " + lines + "\n");
}

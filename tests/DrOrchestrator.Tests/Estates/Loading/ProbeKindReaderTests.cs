using DrOrchestrator.Estates;
using DrOrchestrator.Testing.Plans;

namespace DrOrchestrator.Tests.Estates.Loading;

/// <summary><c>with:</c> of the kinds that look at databases, clusters, Prometheus and programs: what is read, and what is refused with which words.</summary>
public sealed class ProbeKindReaderTests : IDisposable
{
    private const string Target = "hosts: [db1.bank.example, db2.bank.example], database: core, user: dro";
    private readonly EstateFolderBuilder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Postgres_EverySetting_IsRead()
    {
        File.WriteAllText(Path.Combine(_folder.Folder, "ca.pem"), "");

        Load("postgres", $"{Target}, port: 6432, password: {{ env: PGPASS }}, sslmode: verify-full, ca: ca.pem, mode: read, query: SELECT 1, expect-value: '1', at-least: 1, "
            + "expect: { in-recovery: false, system-identifier: '7', version: '15' }, fresh-connection: true").Settings.Should().BeEquivalentTo(new PostgresProbeSettings(
            new PostgresTarget(["db1.bank.example", "db2.bank.example"], 6432, "core", "dro", new SecretReference.Env("PGPASS"), PostgresTls.VerifyFull, Path.Combine(_folder.Folder, "ca.pem")),
            PostgresProbeMode.Read, "SELECT 1", "1", new ValueLimits(1, null, null), null, new PostgresExpectations(false, "7", "15"), true));
    }

    [Fact]
    public void Postgres_Little_HasItsDefaults() =>
        Load("postgres", $"{Target}, mode: write-accepted, table: dro.probe").Settings.Should().BeEquivalentTo(new PostgresProbeSettings(
            new PostgresTarget(["db1.bank.example", "db2.bank.example"], 5432, "core", "dro", null, PostgresTls.Prefer, null),
            PostgresProbeMode.WriteAccepted, null, null, ValueLimits.None, "dro.probe", new PostgresExpectations(null, null, null), false));

    [Fact]
    public void Kubernetes_BothChecks_AreRead()
    {
        Load("kubernetes", "check: workload-ready, namespace: ledger, workload: daemonset/agent, at-least: 2", "site: dr, ").Settings
            .Should().Be(new KubernetesProbeSettings(new KubernetesCheck.WorkloadReady("ledger", "daemonset", "agent", 2)));
        Load("kubernetes", "check: nodes, selector: pool=db, heartbeat-within: 1m", "site: dr, ").Settings
            .Should().Be(new KubernetesProbeSettings(new KubernetesCheck.Nodes("pool=db", null, TimeSpan.FromMinutes(1))));
    }

    [Fact]
    public void Prometheus_EverySetting_IsRead() =>
        Load("prometheus", "url: 'https://prometheus.bank.example/p', query: 'rate(x[5m])', at-most: 0.5, series: every, max-age: 1m, sample: 'x{a=\"b\"}', on-empty: down, on-nan: up, "
            + "on-warnings: down, basic: { user: dro, password: { env: P } }, tls: { server-name: p }").Settings.Should().Be(new PrometheusProbeSettings(
            new Uri("https://prometheus.bank.example/p"), "rate(x[5m])", new ValueLimits(null, 0.5, null), SeriesRule.Every, TimeSpan.FromMinutes(1), "x{a=\"b\"}", ProbeMeaning.Down,
            ProbeMeaning.Up, ProbeMeaning.Down, null, new BasicCredentials("dro", new SecretReference.Env("P"))) { Tls = TlsSettings.Usual with { ServerName = "p" } });

    [Fact]
    public void Command_EverySetting_IsRead() =>
        Load("command", "program: /usr/bin/check, arguments: ['-H', a, a], exit-codes: nagios, value: 'time=([0-9.]+)', equals: 0").Settings.Should().BeEquivalentTo(
            new CommandProbeSettings("/usr/bin/check", ["-H", "a", "a"], CommandExitCodes.Nagios, "time=([0-9.]+)", new ValueLimits(null, null, 0)));

    [Theory]
    [InlineData("postgres", "hosts: ['a:1'], database: d, user: u, mode: connect", "'hosts' holds 'a:1'; allowed: host names and addresses, without port. Correct the name; the port has a key of its own.")]
    [InlineData("postgres", Target + ", mode: write", "'mode' is 'write'; allowed: connect, read, write-accepted, write-refused. Use one of the allowed words.")]
    [InlineData("postgres", Target + ", mode: read", "a read without 'query'; allowed: one SELECT. Add 'query:'.")]
    [InlineData("postgres", Target + ", mode: connect, query: SELECT 1", "'query' in another mode; allowed: mode read. Remove 'query', or change 'mode'.")]
    [InlineData("postgres", Target + ", mode: read, query: SELECT 1, table: t", "'table' in another mode; allowed: modes write-accepted and write-refused. Remove 'table', or change 'mode'.")]
    [InlineData("postgres", Target + ", mode: write-refused", "the settings of kind 'postgres' without 'table'; allowed: table or schema.table, in lower-case letters, digits and underscores. Add 'table:'.")]
    [InlineData("postgres", Target + ", mode: write-accepted, table: 'a; DROP'", "'table' is 'a; DROP'; allowed: table or schema.table, in lower-case letters, digits and underscores. Correct the value.")]
    [InlineData("postgres", Target + ", mode: connect, password: hunter2", "'password' has its secret written out; allowed: { env: NAME } or { file: path relative to the estate's folder }. Put the secret into a file or an environment variable and name that.")]
    [InlineData("postgres", Target + ", mode: connect, sslmode: verify", "'sslmode' is 'verify'; allowed: disable, prefer, require, verify-ca, verify-full; did you mean 'verify-ca'? Use one of the allowed words.")]
    [InlineData("postgres", Target + ", mode: connect, sslmode: require, ca: estate.yaml", "'ca' beside an 'sslmode' that looks at no certificate; allowed: sslmode: verify-ca or verify-full. Set 'sslmode', or remove 'ca'.")]
    [InlineData("postgres", Target + ", mode: connect, ca: estate.yaml", "'ca' beside an 'sslmode' that looks at no certificate; allowed: sslmode: verify-ca or verify-full. Set 'sslmode', or remove 'ca'.")]
    [InlineData("postgres", Target + ", mode: read, query: SELECT 1, at-least: 5, at-most: 4", "'at-least' is above 'at-most'; allowed: at-least up to at-most. No value fits both; correct one.")]
    [InlineData("postgres", Target + ", mode: read, query: SELECT 1, at-least: many", "'at-least' is 'many'; allowed: a number, such as 3, -1 or 0.95. Correct the value.")]
    [InlineData("kubernetes", "check: pods", "'check' is 'pods'; allowed: workload-ready, nodes*. Use one of the allowed words.")]
    [InlineData("kubernetes", "check: workload-ready, namespace: n, workload: job/x", "'workload' is 'job/x'; allowed: deployment/NAME, statefulset/NAME or daemonset/NAME. Correct the value.")]
    [InlineData("kubernetes", "check: nodes, namespace: n", "unknown key 'namespace' in the settings of kind 'kubernetes'; allowed: check, selector, at-least, heartbeat-within*. Correct the key or remove it.")]
    [InlineData("prometheus", "url: 'http://p/', query: 'rate(x[5m])', max-age: 1m", "'max-age' of an expression, which is always as new as its evaluation; allowed: 'sample', the selector whose age counts. Add 'sample:'.")]
    [InlineData("prometheus", "url: 'http://p/', query: x, sample: x", "'sample' without 'max-age'; allowed: both or neither. Add 'max-age:' or remove 'sample'.")]
    [InlineData("prometheus", "url: 'http://p/', query: x, equals: 1, at-least: 1", "'equals' beside 'at-least' or 'at-most'; allowed: one of the two. Keep one of them.")]
    [InlineData("prometheus", "url: 'http://p/', query: x, on-empty: good", "'on-empty' is 'good'; allowed: unknown, up, down. Use one of the allowed words.")]
    [InlineData("prometheus", "url: 'http://p/', query: x, bearer: { env: A }, basic: { user: u, password: { env: B } }", "'basic' beside 'bearer'; allowed: one of the two. Keep one of them.")]
    [InlineData("command", "program: check", "'program' is 'check'; allowed: the full path of a program. Correct the value.")]
    [InlineData("command", "program: /a/../b", "'program' is '/a/../b'; allowed: the full path of a program. Correct the value.")]
    [InlineData("command", "program: /a, value: 'no group'", "'value' is 'no group'; allowed: a regular expression with one group, without look-around and back references. Correct the value.")]
    [InlineData("command", "program: /a, value: '(a)(?=b)'", "'value' is '(a)(?=b)'; allowed: a regular expression with one group, without look-around and back references. Correct the value.")]
    [InlineData("command", "program: /a, at-most: 1", "limits without 'value'; allowed: a regular expression that finds the number in the output. Add 'value:'.")]
    public void Load_OneThingWrong_SaysWhat(string kind, string with, string error)
    {
        Declare(kind, with, kind is "kubernetes" ? "site: dr, " : "");

        var errors = _folder.LoadErrors().Select(found => found.ToString()).ToList();

        errors.Should().ContainSingle().Which.Should().Match($"estate.yaml:28:*: {error.Replace("[", "?", StringComparison.Ordinal)}");
    }

    [Theory]
    [InlineData("", "a kubernetes probe without 'site'; allowed: primary, dr. Add 'site:', whose API is asked.")]
    [InlineData("site: paper, ", "*the site 'paper' has no Kubernetes context; allowed: primary, dr. Give the site 'kubeconfig' and 'context', or name another.*")]
    public void Kubernetes_NoClusterToAsk_IsRefused(string site, string error)
    {
        Declare("kubernetes", "check: nodes", site);

        string.Join('\n', _folder.LoadErrors()).Should().Match("*" + error);
    }

    [Fact]
    public void Vantage_PointsWithTheirControls_AreRead()
    {
        _folder.Write("vantage.yaml", """
            vantage:
              - name: dc-a
                controls:
                  - { name: gateway, kind: tcp, timeout: 200ms, with: { host: 10.0.0.1, port: 443 } }
                  - { name: portal, kind: http, with: { url: "http://10.0.0.2/" } }
                lost-when: any
              - name: dc-b
            """);

        var points = _folder.LoadGood().Estate.VantagePoints;

        points.Select(point => (point.Name, point.LostWhen, point.Controls.Count)).Should().Equal(("dc-a", ControlsRule.Any, 2), ("dc-b", ControlsRule.All, 0));
        points[0].Controls.Select(control => (control.Name, control.Timeout, control.Settings.Kind)).Should().Equal(
            ("gateway", TimeSpan.FromMilliseconds(200), "tcp"), ("portal", TimeSpan.FromSeconds(1), "http"));
    }

    [Fact]
    public void Vantage_ThingsWrong_AreAllSaid()
    {
        _folder.Write("vantage.yaml", """
            vantage:
              - { name: dc-a, controls: [ { name: c, kind: command, with: { program: /a } } ] }
              - { name: dc-a, controls: [ { name: c, kind: tcp, timeout: 1m, with: { host: h, port: 1 } }, { name: c, kind: tcp, with: { host: h } } ], lost-when: some }
            """);

        var errors = _folder.LoadErrors().Select(error => error.ToString()).ToList();

        errors.Should().HaveCount(6);
        errors[0].Should().Match("vantage.yaml:2:*: 'kind' is 'command'; allowed: tcp, http*. Use one of the allowed words.");
        errors.Should().Contain(error => error.Contains("duplicate vantage point 'dc-a'", StringComparison.Ordinal))
            .And.Contain(error => error.Contains("duplicate control target 'c'", StringComparison.Ordinal))
            .And.Contain(error => error.Contains("'timeout' is '1m'; allowed: 10ms to 5s", StringComparison.Ordinal))
            .And.Contain(error => error.Contains("without 'port'", StringComparison.Ordinal))
            .And.Contain(error => error.Contains("'lost-when' is 'some'; allowed: all, any", StringComparison.Ordinal));
    }

    private ProbeDefinition Load(string kind, string with, string site = "")
    {
        Declare(kind, with, site);
        return _folder.LoadGood().Estate.FindProbe("dr-store")!;
    }

    private void Declare(string kind, string with, string site) => _folder.Write("estate.yaml", EstateFolderBuilder.GoodEstate).Replace(
        "estate.yaml",
        "site: dr, role: standby, kind: tcp, interval: 1s, timeout: 500ms, confirmations: 3, with: { host: 127.0.0.1, port: 4321 }",
        $"{site}role: standby, kind: {kind}, interval: 1s, timeout: 500ms, confirmations: 3, with: {{ {with} }}");
}

using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Testing.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace DrOrchestrator.Web.Tests;

/// <summary>
/// A server that decides and a lookout, as <c>dro serve</c> and <c>dro look</c> compose them, with a real PostgreSQL between them and a real target. Both read the same estate, each
/// from a folder of its own, where a secret says who asks: so the target can serve one of them and fail the other.
/// </summary>
public sealed class VantageVotesTests(MigratedPostgres postgres) : IClassFixture<MigratedPostgres>, IAsyncLifetime
{
    private readonly string _name = postgres.NewEmptyDatabase();
    private readonly string _root = RunningServer.FreshFolder();
    private WebApplication _target = null!;
    private volatile string _failing = "";

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _target = builder.Build();
        _target.Run(context =>
        {
            context.Response.StatusCode = _failing.Contains(context.Request.Headers["Asks"].ToString(), StringComparison.Ordinal) && _failing.Length > 0 ? 503 : 200;
            return context.Response.WriteAsync("ok");
        });
        await _target.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_root, recursive: true);
        postgres.Drop(_name);
    }

    [Fact]
    public async Task Status_VantagePointsDisagree_IsDegradedAndNamesWhoSeesWhat()
    {
        await using var server = await ServeAsync(postgres.ConnectionTo(_name));
        var lookout = await LookAsync();
        await StatusIsAsync(server, status => Point(status, "dc-b") is { } other && (bool)other["votes"]! && State(status) == "up");

        var together = await StatusAsync(server);
        Point(together, "dc-a").ToJsonString().Should().Be("""{"name":"dc-a","decides":true,"votes":true,"heardAt":null,"controls":1,"why":null}""");
        ((int)Point(together, "dc-b")["controls"]!).Should().Be(1);
        Findings(together).Should().NotContain(text => text.Contains("vantage"));

        _failing = "dc-b";
        await StatusIsAsync(server, status => State(status) == "degraded");
        Reason(await StatusAsync(server)).Should().Be("degraded: from dc-b (HTTP 503 (expected 200): ok); up from dc-a (HTTP 200)");

        _failing = "";
        await StatusIsAsync(server, status => State(status) == "up");
        _failing = "dc-a";
        await StatusIsAsync(server, status => State(status) == "degraded" && Reason(status).StartsWith("degraded: from dc-a", StringComparison.Ordinal));
        Reason(await StatusAsync(server)).Should().Be("degraded: from dc-a (HTTP 503 (expected 200): ok); up from dc-b (HTTP 200)");
        using (var client = OnPostgresTests.Client(server))
        {
            (await client.GetStringAsync("/systems/ledger?lang=zh-CN")).Should().Contain("探测失败");
            (await client.GetStringAsync("/metrics")).Should().Contain("dro_vantage_voting{vantage=\"dc-b\"} 1");
        }

        _failing = "dc-a dc-b";
        await StatusIsAsync(server, status => State(status) == "down");

        _failing = "";
        await StatusIsAsync(server, status => State(status) == "up");
        Intervals().Should().Equal("Up", "Degraded", "Up", "Degraded", "Down", "Up");

        _failing = "dc-b";
        await StatusIsAsync(server, status => State(status) == "degraded");
        await lookout.StopAsync();
        lookout.Dispose();
        await StatusIsAsync(server, status => State(status) == "up" && !(bool)Point(status, "dc-b")["votes"]!);

        var alone = await StatusAsync(server);
        ((string)Point(alone, "dc-b")["why"]!).Should().Be("silent");
        Point(alone, "dc-b")["heardAt"].Should().NotBeNull();
        Findings(alone).Should().Contain("tier 5 wants two vantage points; dc-a alone votes now; vantage point dc-b does not vote: silent");
        using (var client = OnPostgresTests.Client(server))
        {
            (await client.GetStringAsync("/metrics")).Should().Contain("dro_vantage_voting{vantage=\"dc-b\"} 0");
        }

        await server.StopAsync();
    }

    [Fact]
    public async Task Look_DatabaseCutOffForAWhile_VotesAgain()
    {
        await using var server = await ServeAsync(postgres.ConnectionTo(_name));

        // By a role of its own, so that the server keeps its way in.
        Execute($"CREATE ROLE {_name} SUPERUSER LOGIN");
        using var lookout = await LookAsync($"Username={_name};Pooling=false;Timeout=2");
        await StatusIsAsync(server, status => (bool)Point(status, "dc-b")["votes"]!);

        Execute($"ALTER ROLE {_name} NOLOGIN");
        await StatusIsAsync(server, status => !(bool)Point(status, "dc-b")["votes"]!);
        Execute($"ALTER ROLE {_name} LOGIN");

        await StatusIsAsync(server, status => (bool)Point(status, "dc-b")["votes"]!);
        await lookout.StopAsync();
        await server.StopAsync();
    }

    [Fact]
    public async Task Look_AnotherFromTheSamePlace_EndsTheFirst()
    {
        await using var server = await ServeAsync(postgres.ConnectionTo(_name));
        using var first = await LookAsync();
        await StatusIsAsync(server, status => (bool)Point(status, "dc-b")["votes"]!);
        using var second = await LookAsync();

        await first.WaitForShutdownAsync();

        first.Services.GetRequiredService<DrOrchestrator.Availability.Sights.LookoutEnd>().IsReplaced.Should().BeTrue();
        await second.StopAsync();
        await server.StopAsync();
    }

    [Fact]
    public async Task Serve_SeveralVantagePointsOnSqlite_DecidesAloneAndSaysSo()
    {
        await using var server = await ServeAsync(null);
        await StatusIsAsync(server, status => State(status) == "up");

        var status = await StatusAsync(server);

        ((string)Point(status, "dc-b")["why"]!).Should().Be("votes need PostgreSQL");
        Findings(status).Should().Contain("vantage point dc-b does not vote: votes need PostgreSQL");
        await server.StopAsync();
        Directory.EnumerateFiles(Path.Combine(_root, "data", "logs")).Select(File.ReadAllText).Should().Contain(log => log.Contains("Votes need PostgreSQL (--database)"));
    }

    [Theory]
    [InlineData("dc-z", 2, "--vantage: found 'dc-z'; allowed: dc-a, dc-b")]
    public async Task Look_UnknownVantagePoint_IsRefused(string vantage, int exitCode, string message)
    {
        var build = () => LookoutBuilder.BuildAsync(new LookoutOptions(Estate("dc-b"), vantage, new ConnectionText(postgres.ConnectionTo(_name))));

        (await build.Should().ThrowAsync<ServeException>()).Which.Failure.Should().Be(new ServeFailure(exitCode, message));
    }

    private async Task<WebApplication> ServeAsync(string? connection)
    {
        var server = ServerBuilder.Build(new ServeOptions(Estate("dc-a"), Path.Combine(_root, "data"), Database: connection is null ? null : new ConnectionText(connection)) { Vantage = "dc-a" });
        await server.StartAsync();
        return server;
    }

    private async Task<IHost> LookAsync(string settings = "")
    {
        var lookout = await LookoutBuilder.BuildAsync(
            new LookoutOptions(Estate("dc-b"), "dc-b", new ConnectionText($"{postgres.ConnectionTo(_name)};{settings}")),
            services => services.AddSingleton(new StandardStreams(() => Stream.Null, TextWriter.Null, TextWriter.Null)));
        await lookout.StartAsync();
        return lookout;
    }

    /// <summary>The estate's folder of one of them: the same files, and its own secret.</summary>
    private string Estate(string who)
    {
        var folder = Path.Combine(_root, who);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "who"), who);
        File.WriteAllText(Path.Combine(folder, "estate.yaml"), $$"""
            estate: watched
            sandbox: true
            sites:
              - { name: primary, role: production }
              - { name: dr, role: same-city }
            people:
              - { id: asker, name: Asker, department: IT, roles: [operator] }
              - { id: verifier, name: Verifier, department: Payments, roles: [business-verifier] }
            bcm: { lead-department: Risk }
            vantage:
              - { name: dc-a, controls: [ { name: gateway, kind: tcp, with: { host: 127.0.0.1, port: {{new Uri(_target.Urls.First()).Port}} } } ] }
              - { name: dc-b, controls: [ { name: gateway, kind: tcp, with: { host: 127.0.0.1, port: {{new Uri(_target.Urls.First()).Port}} } } ] }
            systems:
              - name: ledger
                title: { en: Ledger }
                department: Payments
                owner: asker
                bia: [ { scope: financial-rights, severity: severe, reason: "Customers cannot pay", signer: verifier } ]
                serving: primary
                standbys: [dr]
                functions: [ { name: posting, critical: true } ]
            probes:
              - name: posting
                system: ledger
                role: service
                function: posting
                kind: http
                interval: 100ms
                timeout: 2s
                with: { url: "{{_target.Urls.First()}}/", headers: { Asks: { file: who } } }
            """);
        return folder;
    }

    private static async Task<JsonNode> StatusAsync(WebApplication server)
    {
        using var client = OnPostgresTests.Client(server);
        return await client.GetFromJsonNodeAsync("/api/v1/status");
    }

    private static Task StatusIsAsync(WebApplication server, Func<JsonNode, bool> holds) => OnPostgresTests.EventuallyAsync(async () =>
    {
        using var client = OnPostgresTests.Client(server);
        using var answer = await client.GetAsync("/api/v1/status");
        return answer.IsSuccessStatusCode && holds(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    });

    private static string State(JsonNode status) => (string)status["systems"]![0]!["state"]!;

    private static string Reason(JsonNode status) => (string)status["systems"]![0]!["reason"]!;

    private static JsonNode Point(JsonNode status, string name) => status["vantagePoints"]!.AsArray().Single(point => (string)point!["name"]! == name)!;

    private static IEnumerable<string> Findings(JsonNode status) => status["systems"]![0]!["findings"]!.AsArray().Select(finding => (string)finding!["text"]!);

    private List<string> Intervals()
    {
        using var connection = new NpgsqlConnection(postgres.ConnectionTo(_name));
        return [.. connection.Query<string>("SELECT state FROM timeline_interval WHERE subject = 'posting' ORDER BY number")];
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(postgres.Server.ConnectionString);
        connection.Execute(sql);
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Calendars;
using DrOrchestrator.Drills;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Verifier;
using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace DrOrchestrator.Web.Tests;

/// <summary>The server as <c>dro serve</c> composes it, with nothing played, its records in a real PostgreSQL.</summary>
public sealed class OnPostgresTests(MigratedPostgres postgres) : IClassFixture<MigratedPostgres>, IAsyncLifetime
{
    private const string Password = "correct horse; battery=staple";
    private readonly string _name = postgres.NewEmptyDatabase();
    private WatchedEstate _estate = null!;

    private string Connection => postgres.ConnectionTo(_name);

    public async Task InitializeAsync() => _estate = await WatchedEstate.StartAsync();

    public async Task DisposeAsync()
    {
        await _estate.DisposeAsync();
        postgres.Drop(_name);
    }

    [Fact]
    public async Task Serve_OnPostgres_WatchesRunsAndGoesOnFromThereAfterARestart()
    {
        long run;
        List<(string, long)> before;
        await using (var app = await StartAsync("data"))
        {
            await IsUpAsync(app);
            run = await WatchedEstate.OpenRunAsync(app.Services);
            await PendingAsync(app, run);
            (await WatchedEstate.ConfirmAsync(app.Services, run)).Accepted.Should().BeTrue();
            await ClosedAsync(app, run);
            app.Services.GetRequiredService<JobStorage>().Should().BeOfType<PostgreSqlStorage>();
            await RunningServer.Eventually(() => app.Services.GetRequiredService<IEngineStates>().Read().All(engine => engine.State == EngineCondition.Running));
            before = Intervals();
            await app.StopAsync();
        }

        await using (var again = await StartAsync("data"))
        {
            await IsUpAsync(again);
            Intervals().Take(before.Count).Should().Equal(before, "the time line goes on behind what was there");
            (await WatchedEstate.OpenRunAsync(again.Services)).Should().Be(run + 1);
            using var client = Client(again);
            await VerifiesAsync(client);
            await again.StopAsync();
        }

        File.Exists(Path.Combine(_estate.Root, "data", "dro.db")).Should().BeFalse();
        File.Exists(Path.Combine(_estate.Root, "data", "quartz.db")).Should().BeFalse();
        Query<long>("SELECT COUNT(*) FROM qrtz_triggers").Single().Should().Be(1, "the calendar keeps its entries in the same database");
    }

    [Fact]
    public async Task Serve_JobsOfLongAgo_AreRemovedFromTheQueuesTables()
    {
        await using (var app = await StartAsync("data"))
        {
            await IsUpAsync(app);
            await app.StopAsync();
        }

        Query<long>("INSERT INTO hangfire.job (invocationdata, arguments, createdat, expireat) VALUES ('{}', '[]', now() - interval '2 days', now() - interval '1 day') RETURNING id");

        await using var again = await StartAsync("data");
        await RunningServer.Eventually(() => Query<long>("SELECT COUNT(*) FROM hangfire.job WHERE expireat < now() - interval '1 hour'").Single() == 0);
        await again.StopAsync();
    }

    [Fact]
    public async Task Serve_DatabaseGoesAwayInTheMiddleOfARun_StopsCleanlyAndGoesOnFromTheJournal()
    {
        await using var server = await PostgresServer.StartNewAsync();
        var (held, after) = (new HeldStep("held"), new HeldStep("after"));
        after.Release();
        _estate.PutStepsFirst("{ name: held, kind: held }", "{ name: after, kind: after }");
        await using var app = await StartAsync("data", $"Host=127.0.0.1;Port={server.Port};Username=postgres;Database=postgres", held, after);
        await IsUpAsync(app);
        using var client = Client(app);
        var run = await WatchedEstate.OpenRunAsync(app.Services);
        await held.Begun;

        await server.StopAsync("immediate");
        held.Release();

        using (var answer = await client.GetAsync($"/api/v1/drills/{run}"))
        {
            answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await answer.Problem()).Code.Should().Be("database-away");
        }

        await FluentActions.Awaiting(() => WatchedEstate.ConfirmAsync(app.Services, run)).Should().ThrowAsync<DatabaseAwayException>();
        (await client.GetStringAsync("/healthz")).Should().Be("ok");
        after.Executed.Should().Be(0, "no effect begins without its intent on record");
        await server.StartAsync();

        await IsUpAsync(app);
        await PendingAsync(app, run);
        (held.Executed, held.Observed, after.Executed).Should().Be((1, 1, 1), "what was in flight is asked for, not done again");
        await AcceptedAsync(app, run);
        await ClosedAsync(app, run);
        await RunningServer.Eventually(() => app.Services.GetRequiredService<IEngineStates>().Read().All(engine => engine.State == EngineCondition.Running));
        await VerifiesAsync(client);
        await app.StopAsync();
    }

    [Fact]
    public async Task Serve_SecondServerOnOneDatabase_IsRefusedUntilTheFirstIsGone()
    {
        await using (var first = await StartAsync("a"))
        {
            Directory.CreateDirectory(Path.Combine(_estate.Root, "b"));
            File.Copy(Path.Combine(_estate.Root, "a", "evidence.key"), Path.Combine(_estate.Root, "b", "evidence.key"));

            Refusal(_estate.Options("b", Connection), exitCode: 7).Should().Match($"PostgreSQL 127.0.0.1:*/{_name} is in use by another server (dro * process {Environment.ProcessId} from 127.0.0.1, since * UTC). One server at a time *");
            await first.StopAsync();
        }

        await using var second = await StartAsync("b");
        await IsUpAsync(second);
        await second.StopAsync();
    }

    [Fact]
    public async Task Serve_AnotherTookItsPlaceWhileItWasCutOff_EndsWithSeven()
    {
        var started = new TaskCompletionSource();
        var serving = ServerBuilder.RunAsync(_estate.Options("data", Connection), services => services.AddSingleton<IHostedService>(new Started(started)));
        await started.Task;
        using var other = new PostgresDatabase(Connection);
        var taken = other.Turn("the other").EnsureWithinAsync(TimeSpan.FromSeconds(60), TimeProvider.System);

        // Until it is taken: ours may be there again before the other one asks.
        await EventuallyAsync(() =>
        {
            Execute("SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'dro % process %'");
            return Task.FromResult(taken.IsCompleted);
        });
        await taken;

        (await serving.WaitAsync(TimeSpan.FromSeconds(60))).Should().Be(7);
    }

    [Fact]
    public async Task Serve_FolderOfAnotherDatabase_IsRefusedBothWaysAndBeginsNothing()
    {
        var other = postgres.NewEmptyDatabase();
        await using (var app = await StartAsync("on-postgres"))
        {
            await app.StopAsync();
        }

        await using (var app = ServerBuilder.Build(_estate.Options("on-sqlite")))
        {
            await app.StartAsync();
            await app.StopAsync();
        }

        Refusal(_estate.Options("on-postgres")).Should().StartWith($"The data folder {Path.Combine(_estate.Root, "on-postgres")} has its records in PostgreSQL 127.0.0.1:").And.Contain("no database was named");
        Refusal(_estate.Options("on-sqlite", Connection)).Should().Contain("would split one estate over two databases");
        Refusal(_estate.Options("on-postgres", postgres.ConnectionTo(other))).Should().Contain("is another database (id ");
        File.Exists(Path.Combine(_estate.Root, "on-postgres", "dro.db")).Should().BeFalse();
        postgres.Drop(other);
    }

    [Fact]
    public void Serve_DatabaseThatCannotBeUsed_SaysWhyWithoutThePassword()
    {
        var port = postgres.Server.Port;
        var login = $"Host=127.0.0.1;Port={port};Username=postgres;Password=\"{Password}\"";
        Execute("ALTER DATABASE " + _name + " SET synchronous_commit = off");

        Refusal(_estate.Options("d", $"{login};Database=nowhere")).Should().Be($"PostgreSQL 127.0.0.1:{port}/nowhere: database \"nowhere\" does not exist. Make it (CREATE DATABASE ... ENCODING 'UTF8'), or correct the name.");
        Refusal(_estate.Options("d", $"Host=127.0.0.1;Port={port};Username=stranger;Password=\"{Password}\";Database={_name}")).Should().Contain("does not let us in: role \"stranger\" does not exist");
        Refusal(_estate.Options("d", $"{login};Database={_name}")).Should().Contain("synchronous_commit = off: a crash could take back what it acknowledged");
        Refusal(_estate.Options("d", $"Host=127.0.0.1;Port=1;Username=postgres;Password=\"{Password}\";Database={_name}")).Should().Contain("PostgreSQL 127.0.0.1:1/").And.Contain("cannot be reached: Connection refused. Start it, or correct Host and Port");
        Refusal(_estate.Options("d", $"Host=h;Database=d;Username=u;Password={Password}")).Should().StartWith("The database setting is no PostgreSQL connection string");
        Refusal(_estate.Options("d", "Host=h;Username=u")).Should().StartWith("The database setting names no Database");
    }

    [Fact]
    public async Task Serve_OnAStandby_IsRefused()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        var standby = await primary.AddStandbyAsync("dr");

        Refusal(_estate.Options("d", $"Host=127.0.0.1;Port={standby.Port};Username=postgres;Database=postgres")).Should().Contain("the server is a standby (in recovery) and takes no writes");
    }

    [Fact]
    public async Task Serve_WithAPassword_ShowsItNowhere()
    {
        await using var app = await StartAsync("data", $"{Connection};Password=\"{Password}\"");
        await IsUpAsync(app);
        using var client = Client(app);
        foreach (var path in (string[])["/", "/jobs", "/metrics", "/api/v1/status", $"/drills/{await WatchedEstate.OpenRunAsync(app.Services)}"])
        {
            (await client.GetStringAsync(path)).Should().NotContain("battery");
        }

        await app.StopAsync();
        await app.DisposeAsync();
        _estate.Options("data", Password).ToString().Should().NotContain("battery");
        foreach (var file in Directory.EnumerateFiles(_estate.Root, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllTextAsync(file)).Should().NotContain("battery", file);
        }
    }

    private async Task<WebApplication> StartAsync(string data, string? connection = null, params IStepKind[] kinds)
    {
        var app = ServerBuilder.Build(_estate.Options(data, connection ?? Connection), services => Array.ForEach(kinds, kind => services.AddSingleton(kind)));
        await app.StartAsync();
        return app;
    }

    /// <summary>Nothing is started; the reason, which never holds the password.</summary>
    private static string Refusal(ServeOptions options, int exitCode = 8)
    {
        var build = () => ServerBuilder.Build(options);
        var failure = build.Should().Throw<ServeException>().Which;
        failure.Failure.ExitCode.Should().Be(exitCode);
        failure.ToString().Should().NotContain("battery");
        return failure.Failure.Message;
    }

    internal static HttpClient Client(WebApplication app)
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(app.Services.GetRequiredService<ServeOptions>().DataFolder, "server.json")))!;
        var token = File.ReadAllText(Path.Combine(app.Services.GetRequiredService<ServeOptions>().DataFolder, "operator.token")).Trim();
        return new HttpClient { BaseAddress = new Uri((string)file["url"]!), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
    }

    private static async Task VerifiesAsync(HttpClient client)
    {
        using var pack = await client.PostAsync("/api/v1/evidence/packs", Answers.Json("{}"));
        pack.StatusCode.Should().Be(HttpStatusCode.OK);
        PackVerifier.Verify(await pack.Content.ReadAsStreamAsync(), new VerifyOptions()).Should().Match<VerificationReport>(report => report.Verified && report.Problem == null);
    }

    internal static async Task IsUpAsync(WebApplication app)
    {
        using var client = Client(app);
        await EventuallyAsync(async () =>
        {
            using var answer = await client.GetAsync("/api/v1/status");
            return answer.IsSuccessStatusCode && (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["systems"]![0]!["state"] == "up";
        });
    }

    internal static Task PendingAsync(WebApplication app, long run) => EventuallyAsync(async () =>
        (await app.Services.GetRequiredService<IDrills>().PendingAsync(null, default)).Any(item => item.Run == run && item.Name == WatchedEstate.Task));

    internal static Task ClosedAsync(WebApplication app, long run) => EventuallyAsync(async () =>
        (await app.Services.GetRequiredService<IDrills>().ShowAsync(run, default))!.ClosedAt is not null);

    private static Task AcceptedAsync(WebApplication app, long run) => EventuallyAsync(async () => (await WatchedEstate.ConfirmAsync(app.Services, run)).Accepted);

    /// <summary>A database that is just coming back may refuse a look.</summary>
    internal static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                if (await holds())
                {
                    return;
                }
            }
            catch (Exception away) when (DatabaseFailures.IsAway(away))
            {
                // Once more.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    private List<(string, long)> Intervals() => Query<(string, long)>("SELECT state, start_at FROM timeline_interval ORDER BY subject, number");

    private List<T> Query<T>(string sql)
    {
        using var connection = new NpgsqlConnection(Connection);
        return [.. connection.Query<T>(sql)];
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(Connection);
        connection.Execute(sql);
    }

    private sealed class Started(TaskCompletionSource started) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            started.SetResult();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

using DrOrchestrator.Estates;
using DrOrchestrator.RecoveryPoints;
using DrOrchestrator.RecoveryPoints.Postgres;
using DrOrchestrator.Storage;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Testing.Storage;
using DrOrchestrator.Time;
using Microsoft.Extensions.Time.Testing;

namespace DrOrchestrator.Tests.RecoveryPoints.Postgres;

/// <summary>A primary with two streaming standbys: <c>dr</c> and <c>local</c>. Tests leave it as they found it.</summary>
public sealed class ReplicatedPostgres : IAsyncLifetime
{
    public PostgresServer Primary { get; private set; } = null!;

    public PostgresServer Dr { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Primary = await PostgresServer.StartNewAsync("autovacuum = off");
        Dr = await Primary.AddStandbyAsync("dr", "wal_retrieve_retry_interval = 100ms");
        await Primary.AddStandbyAsync("local", "wal_retrieve_retry_interval = 100ms");
    }

    public async Task DisposeAsync() => await Primary.DisposeAsync();

    /// <summary>Changes settings for good, loads them, and waits until new sessions have them.</summary>
    public async Task SetAsync(PostgresServer server, string name, string value)
    {
        await server.ExecuteAsync($"ALTER SYSTEM SET {name} = '{value}'", "SELECT pg_reload_conf()");
        await UntilAsync(async () => await server.ScalarAsync<string>($"SELECT current_setting('{name}')") == value, $"{name} is {value}");
    }

    /// <summary>Waits until the standby has received everything that the primary has flushed.</summary>
    public async Task ArrivedAsync()
    {
        var end = await Primary.ScalarAsync<string>("SELECT pg_current_wal_flush_lsn()::text");
        await UntilAsync(() => Dr.ScalarAsync<bool>($"SELECT coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) >= '{end}', false)"), $"dr received {end}");
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (var i = 0; !await condition(); i++)
        {
            if (i > 2000)
            {
                throw new TimeoutException($"Waited in vain until {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}

/// <summary>Rounds of the reader, driven by hand: real servers, and a clock of which a second passes when the test says so.</summary>
internal sealed class PostgresRounds : IServingSites, IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly TemporaryDatabase _temporary = new();
    private readonly PostgresReader _reader;
    private readonly RecoveryPointDefinition _definition;
    private readonly Exposures _exposures;

    public PostgresRounds(ReplicatedPostgres servers, string? heartbeat = "dro_heartbeat", string user = "postgres")
        : this(servers.Primary, servers.Dr, heartbeat, user)
    {
    }

    public PostgresRounds(PostgresServer primary, PostgresServer dr, string? heartbeat = "dro_heartbeat", string user = "postgres")
    {
        PostgresTarget Target(PostgresServer server) => new(["127.0.0.1"], server.Port, "postgres", user, null, PostgresTls.Disable, null);
        var clock = new ProcessClock(_time);
        _reader = new PostgresReader(clock);
        var settings = new PostgresPointSettings(
            new Dictionary<string, PostgresTarget> { ["primary"] = Target(primary), ["dr"] = Target(dr) }, new Dictionary<string, string>(), heartbeat);
        _definition = new RecoveryPointDefinition("ledger-log", "ledger", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), settings);
        var estate = new Estate("e", "", "", false, [], [], [], [], [_definition], [], [], []);
        History = new ExposureHistory(new SqlExposureStore(_temporary.Database, _temporary.Gate), new SqlSynchronyStore(_temporary.Database, _temporary.Gate));
        var (estates, kinds) = (new EstateHolder(estate), new RecoveryPointKinds([_reader], []));
        (_exposures, Positions) = (new Exposures(estates, this, kinds, History, clock), new SitePositions(estates, kinds));
    }

    public ExposureHistory History { get; }

    public DatabaseFacts? Facts => _exposures.Of("ledger-log");

    /// <summary>Time in which nobody looks.</summary>
    public void Wait(TimeSpan time) => _time.Advance(time);

    public IPositions Positions { get; }

    public DateTimeOffset Now => _time.GetUtcNow();

    public string ServingSiteOf(string system) => "primary";

    /// <summary>A second later.</summary>
    public async Task<Exposure> RoundAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        return (await _exposures.ReadAsync(_definition, default)).Single();
    }

    /// <summary>Rounds until one is as asked; what it waits for are servers, never the clock.</summary>
    public async Task<Exposure> UntilAsync(Func<Exposure, bool> condition)
    {
        Exposure? exposure = null;
        for (var i = 0; i < 200; i++)
        {
            if (condition(exposure = await RoundAsync()))
            {
                return exposure;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        throw new TimeoutException($"No round was as asked; the last: {exposure}");
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        _temporary.Dispose();
    }
}

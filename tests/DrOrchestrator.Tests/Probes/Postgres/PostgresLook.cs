using DrOrchestrator.Estates;
using DrOrchestrator.Probes;
using DrOrchestrator.Probes.Postgres;
using DrOrchestrator.Testing.Postgres;
using DrOrchestrator.Time;

namespace DrOrchestrator.Tests.Probes.Postgres;

/// <summary>Probes of PostgreSQL for tests, each as its own little change of a usual one.</summary>
internal static class PostgresLook
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    public static PostgresProbeSettings Settings(PostgresServer server, PostgresProbeMode mode) => new(
        new PostgresTarget(["127.0.0.1"], server.Port, "postgres", "postgres", null, PostgresTls.Disable, null),
        mode,
        mode is PostgresProbeMode.Read ? "SELECT 1" : null,
        null,
        ValueLimits.None,
        mode is PostgresProbeMode.WriteAccepted or PostgresProbeMode.WriteRefused ? "public.dro_probe" : null,
        new PostgresExpectations(null, null, null),
        FreshConnection: true);

    public static PostgresProbeSettings With(this PostgresProbeSettings settings, Func<PostgresTarget, PostgresTarget> change) => settings with { Server = change(settings.Server) };

    public static PostgresProbe Probe(PostgresProbeSettings settings, TimeSpan timeout, TimeProvider? time = null, DatabaseVersions? versions = null) => new(
        new ProbeDefinition("p", "s", null, ProbeRole.Service, "f", TimeSpan.FromSeconds(10), timeout, 1, settings),
        settings,
        new ProbeContext(new ProbeConnections(), new ProcessClock(time ?? TimeProvider.System)) { Versions = versions ?? new DatabaseVersions() });

    public static async Task<ProbeResult> LookAsync(PostgresProbeSettings settings)
    {
        using var probe = Probe(settings, Long);
        return await probe.RunAsync(default);
    }

    /// <summary>Sessions of probes at the server, as it counts them.</summary>
    public static Task<long> SessionsAsync(this PostgresServer server, string where = "true") =>
        server.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'dro' AND {where}");

    public static async Task UntilAsync(Func<Task<bool>> wanted)
    {
        for (var i = 0; i < 1500; i++)
        {
            if (await wanted())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        throw new TimeoutException("The server did not become as wanted.");
    }
}

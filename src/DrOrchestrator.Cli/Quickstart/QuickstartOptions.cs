using DrOrchestrator.Sandbox.Postgres;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>How <c>dro quickstart</c> was asked to run.</summary>
/// <param name="Folder">Full path; everything is below it.</param>
/// <param name="Exit">Stop when the summary is out, instead of leaving the server up.</param>
/// <param name="Json">One JSON document on standard output; implies <paramref name="Exit"/>.</param>
/// <param name="ReplicationDelay">As written, e.g. <c>500ms</c>.</param>
/// <param name="Fast">Probes every 100 ms, so that a run takes seconds.</param>
/// <param name="Postgres">The ledger is kept in PostgreSQL; null for the lab's own store.</param>
internal sealed record QuickstartOptions(string Folder, bool Exit, bool Json, string ReplicationDelay, bool Fast, PostgresOptions? Postgres = null)
{
    /// <summary>The plan that is run; the sandbox's estate lists it.</summary>
    public string Plan => Postgres is null ? "quickstart-failover" : "quickstart-postgres";

    /// <summary>How long the steady state must last before the switch: a standby that has just begun to stream is protected now, and was not a second ago.</summary>
    public TimeSpan SteadyFor => Postgres is null ? TimeSpan.Zero : TimeSpan.FromSeconds(2);

    public string SandboxFolder => Path.Combine(Folder, "sandbox");

    public string ServerFolder => Path.Combine(Folder, "server");

    public string LogOf(string part) => Path.Combine(Folder, $"{part}.log");

    public string PackOf(long run) => Path.Combine(Folder, $"audit-pack-run-{run}.zip");
}

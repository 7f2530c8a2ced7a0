using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>
/// Two real PostgreSQL servers that replicate, a front door before them, a writer attached to each all the time, and an estate of the shipped failover plan for a server of its
/// own process.
/// </summary>
internal sealed class DatabasePair : IAsyncDisposable
{
    private readonly string _folder;
    private readonly LabFrontDoor _frontDoor;

    private DatabasePair(string folder, PostgresServer primary, PostgresServer dr)
    {
        (_folder, Primary, Dr) = (folder, primary, dr);
        _frontDoor = new LabFrontDoor(primary, dr);
        AtPrimary = new LabWriter(primary, "primary");
        AtDr = new LabWriter(dr, "dr");
    }

    public PostgresServer Primary { get; }

    public PostgresServer Dr { get; }

    public LabWriter AtPrimary { get; }

    public LabWriter AtDr { get; }

    public string Estate => Path.Combine(_folder, "estate");

    /// <summary>The way to the servers' hosts: the product's own script, on this machine.</summary>
    public string HostProgram => Path.Combine(_folder, "postgres-host.sh");

    public LabPeople People => new(TokenFile("requester"), TokenFile("approver"), TokenFile("verifier"));

    public static async Task<DatabasePair> StartAsync(string folder, bool synchronous)
    {
        PostgresServer primary = await PostgresServer.StartNewAsync("wal_log_hints = on", "wal_keep_size = 256MB");
        await LabWriter.PrepareAsync(primary);
        await primary.ExecuteAsync("CREATE TABLE dro_probe (probe text PRIMARY KEY, written_at timestamptz NOT NULL, nonce text NOT NULL)");
        PostgresServer dr = await primary.AddStandbyAsync("ledger_dr", "wal_retrieve_retry_interval = 200ms");
        if (synchronous)
        {
            await primary.ConfigureAsync("synchronous_standby_names = '*'");
            await primary.ExecuteAsync("SELECT pg_reload_conf()");
        }

        var pair = new DatabasePair(folder, primary, dr);
        await pair.WriteEstateAsync();
        await pair.AtPrimary.WaitForAsync(20);
        return pair;
    }

    /// <summary>Rows that were acknowledged at the old side and are not at the new one.</summary>
    public async Task<IReadOnlyList<long>> LostAsync() => [.. AtPrimary.Acknowledged.Select(row => row.Number).Except(await AtPrimary.FoundAtAsync(Dr))];

    public async ValueTask DisposeAsync()
    {
        await AtPrimary.DisposeAsync();
        await AtDr.DisposeAsync();
        await _frontDoor.DisposeAsync();
        await Primary.DisposeAsync();
    }

    private string TokenFile(string person) => Path.Combine(_folder, person + ".token");

    private async Task WriteEstateAsync()
    {
        Directory.CreateDirectory(Estate);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "runbooks", "postgres-host.sh"), HostProgram);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(HostProgram, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await File.WriteAllTextAsync(Path.Combine(Estate, "estate.yaml"), $$"""
            estate: chaos
            sandbox: true
            sites:
              - { name: primary, role: production }
              - { name: dr, role: same-city }
            systems:
              - name: ledger
                department: Payments
                owner: requester
                bia: [ { scope: financial-rights, severity: moderate, reason: "Customers cannot pay", signer: Wang } ]
                serving: primary
                standbys: [dr]
                functions: [ { name: posting, critical: true } ]
            databases:
              - {{Database("ledger-primary", "primary", Primary)}}
              - {{Database("ledger-dr", "dr", Dr)}}
            probes:
              - name: ledger-posting
                system: ledger
                role: service
                function: posting
                kind: postgres
                interval: 300ms
                timeout: 1s
                confirmations: 3
                with: { hosts: [127.0.0.1], port: {{_frontDoor.Port}}, database: postgres, user: postgres, sslmode: disable, mode: write-accepted, table: dro_probe, fresh-connection: true }
            people:
              - { id: requester, name: Li Wei, department: IT, roles: [operator], token-sha256: {{NewToken("requester")}}, simulated: true }
              - { id: approver, name: Chen, department: IT, roles: [approver], token-sha256: {{NewToken("approver")}}, simulated: true }
              - { id: verifier, name: Zhao, department: IT, roles: [business-verifier], token-sha256: {{NewToken("verifier")}}, simulated: true }
            plans: [postgres-failover.yaml]

            """);
    }

    private string NewToken(string person)
    {
        string token = "dro_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        File.WriteAllText(TokenFile(person), token);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
    }

    private string Database(string name, string site, PostgresServer server) =>
        $"{{ name: {name}, system: ledger, site: {site}, hosts: [127.0.0.1], port: {server.Port}, database: postgres, user: postgres, sslmode: disable, standby-name: {name.Replace('-', '_')}, "
        + $"host: {{ command: [\"{HostProgram}\", --data, \"{server.DataFolder}\", --bin, \"{PostgresServer.Programs}\", --inside, --start, \"{server.StartCommand}\"] }} }}";
}

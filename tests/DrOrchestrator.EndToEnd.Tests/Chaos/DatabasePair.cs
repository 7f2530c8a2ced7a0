using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.Testing.Postgres;

namespace DrOrchestrator.EndToEnd.Chaos;

/// <summary>
/// Two real PostgreSQL servers that replicate, a line to the primary that can be cut, a front door before them, a writer attached to each all the time past all of that, and an
/// estate of the shipped plans for a server of its own process.
/// </summary>
internal sealed class DatabasePair : IAsyncDisposable
{
    /// <summary>Where a network namespace of our own is: the writers come in here, past the packets that are dropped.</summary>
    private const string PastTheCut = "127.0.0.2";

    private readonly string _folder;
    private readonly LabFrontDoor _frontDoor;

    private DatabasePair(string folder, PostgresServer primary, PostgresServer dr, ICutLine line)
    {
        (_folder, Primary, Dr, Line) = (folder, primary, dr, line);
        _frontDoor = new LabFrontDoor(line.Port, dr.Port);
        AtPrimary = new LabWriter(primary, "primary");
        AtDr = new LabWriter(dr, "dr");
    }

    public PostgresServer Primary { get; }

    public PostgresServer Dr { get; }

    /// <summary>Between the primary and everybody else but its own writer.</summary>
    public ICutLine Line { get; }

    public LabWriter AtPrimary { get; }

    public LabWriter AtDr { get; }

    public string Estate => Path.Combine(_folder, "estate");

    /// <summary>The way to the servers' hosts: the product's own script, on this machine.</summary>
    public string HostProgram => Path.Combine(_folder, "postgres-host.sh");

    public LabPeople People => new(TokenFile("requester"), TokenFile("chen"), TokenFile("verifier"));

    /// <param name="ownNetwork">This process runs in a network namespace of its own.</param>
    public static async Task<DatabasePair> StartAsync(string folder, bool synchronous, bool ownNetwork)
    {
        PostgresServer primary = await PostgresServer.StartNewAtAsync(
            ownNetwork ? PastTheCut : "127.0.0.1", "wal_log_hints = on", "wal_keep_size = 256MB", "wal_retrieve_retry_interval = 200ms");
        await LabWriter.PrepareAsync(primary);
        await primary.ExecuteAsync("CREATE TABLE dro_probe (probe text PRIMARY KEY, written_at timestamptz NOT NULL, nonce text NOT NULL)");
        PostgresServer dr = await primary.AddStandbyAsync("ledger_dr");
        ICutLine line = ownNetwork ? await DroppedPackets.StartAsync(primary.Port) : BlackHole.Start(primary.Port);
        await dr.ExecuteAsync($"ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port={line.Port} user=postgres application_name=ledger_dr'", "SELECT pg_reload_conf()");
        if (synchronous)
        {
            await primary.ConfigureAsync("synchronous_standby_names = 'ledger_dr'");
            await primary.ExecuteAsync("SELECT pg_reload_conf()");
        }

        var pair = new DatabasePair(folder, primary, dr, line);
        await pair.WriteEstateAsync();
        await pair.AtPrimary.WaitForAsync(20);
        return pair;
    }

    /// <summary>Rows that were acknowledged at the primary and are not at the other side, which may need a moment for the last ones where it streams.</summary>
    public async Task<IReadOnlyList<long>> LostAsync()
    {
        var acknowledged = AtPrimary.Acknowledged.Select(row => row.Number).ToList();
        List<long> lost = [];
        for (int looks = 0; looks < 30 && (lost = [.. acknowledged.Except(await AtPrimary.FoundAtAsync(Dr))]).Count > 0; looks++)
        {
            await Patience.PauseAsync(TimeSpan.FromMilliseconds(100));
        }

        return lost;
    }

    public async ValueTask DisposeAsync()
    {
        await AtPrimary.DisposeAsync();
        await AtDr.DisposeAsync();
        await _frontDoor.DisposeAsync();
        await Primary.DisposeAsync();
        await Line.DisposeAsync();
    }

    private string TokenFile(string person) => Path.Combine(_folder, person + ".token");

    private async Task WriteEstateAsync()
    {
        Directory.CreateDirectory(Estate);
        PairEstate.WriteHostProgram(HostProgram, Path.Combine(AppContext.BaseDirectory, "runbooks", "postgres-host.sh"));
        var estate = new PairEstate(Primary, Dr, HostProgram, _frontDoor.Port)
        {
            Plans = ["postgres-failover.yaml", "postgres-switchover.yaml"],
            ProbeInterval = "300ms",
            ProbeTimeout = "1s",
            PrimaryPort = Line.Port,
            TokenOf = NewToken,
        };
        await File.WriteAllTextAsync(Path.Combine(Estate, "estate.yaml"), estate.ToString());
    }

    private string NewToken(string person)
    {
        string token = "dro_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        File.WriteAllText(TokenFile(person), token);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
    }
}

using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Postgres;
using Npgsql;

namespace DrOrchestrator.Sandbox.Tests.Postgres;

/// <summary>A whole lab with PostgreSQL in a process of its own, as <c>dro sandbox --postgres</c> is.</summary>
internal sealed class DatabaseLab(Lab lab) : IDisposable
{
    public Lab Lab => lab;

    public static async Task<DatabaseLab> StartAsync(TestFolder? folder = null) => new(await Lab.StartAsync(folder, null, "--postgres"));

    /// <summary>Sessions of the superuser, past the Service.</summary>
    public string ConnectionTo(string site) =>
        $"Host=127.0.0.1;Port={lab.Settings.Postgres!.Of(site).Server};Username=postgres;Password={new DatabasePasswords(lab.Settings).Read("postgres")};Database=ledger;Pooling=false;Timeout=5;CommandTimeout=5";

    public async Task<T> ScalarAsync<T>(string site, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionTo(site));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Ids in a site's table that begin so; null while its server does not answer.</summary>
    public async Task<IReadOnlyList<string>?> IdsAsync(string site, string prefix)
    {
        try
        {
            return await ScalarAsync<string[]>(site, $"SELECT coalesce(array_agg(id ORDER BY position), '{{}}') FROM ledger_entry WHERE starts_with(id, '{prefix}')");
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    public Task ArrivesAsync(string site, string id) => Eventually.TrueAsync(async () => await IdsAsync(site, id) is [var found] && found == id, $"{id} is at {site}");

    /// <summary>Processes of the server of a site: they all work in its data folder.</summary>
    public IReadOnlyList<int> ProcessesOf(string site) => [.. Lab.ProcessesOf(VolumeOf(site)).Where(p => WorksIn(p, Path.Combine(VolumeOf(site), "pgdata")))];

    public string VolumeOf(string site) => lab.Folder.Under(site, "volumes", "data-ledger-db-0");

    public async Task<JsonObject?> StatusAsync(string site)
    {
        try
        {
            return await (site == "primary" ? lab.Primary : lab.Dr).GetAsync("/status");
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Has a verb done on the host of a site's database; the last line of what it says.</summary>
    public async Task<JsonObject> HostAsync(string site, params string[] words)
    {
        var start = new System.Diagnostics.ProcessStartInfo(HostPrograms.Of(lab.Settings, site), words) { RedirectStandardOutput = true };
        using var program = System.Diagnostics.Process.Start(start)!;
        string said = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        program.ExitCode.Should().Be(0, said);
        return JsonNode.Parse(said.TrimEnd().Split('\n')[^1])!.AsObject();
    }

    public static bool IsStopped(int process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'T';
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static string LogsOf(Lab lab, string site) =>
        string.Concat(Directory.EnumerateFiles(lab.Folder.Under(site, "logs"), "*.log", SearchOption.AllDirectories).Select(File.ReadAllText));

    private static bool WorksIn(int process, string folder)
    {
        try
        {
            return new FileInfo($"/proc/{process}/cwd").LinkTarget == folder;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => lab.Dispose();
}

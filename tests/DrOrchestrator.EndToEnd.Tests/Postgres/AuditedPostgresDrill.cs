using System.Text.Json.Nodes;
using DrOrchestrator.Drills;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.EndToEnd.Audit;
using DrOrchestrator.EndToEnd.Harness;
using DrOrchestrator.EndToEnd.Kill;
using Npgsql;

namespace DrOrchestrator.EndToEnd.Postgres;

/// <summary>One whole drill of a lab with PostgreSQL, watched from outside: every marker on its way, both databases, and a writer attached to both servers all the time.</summary>
public sealed class AuditedPostgresDrill : IAsyncLifetime
{
    public const string Plan = "quickstart-postgres";

    private readonly string _folder = Path.Combine(AppContext.BaseDirectory, "work", nameof(AuditedPostgresDrill));
    private LabProcess? _lab;
    private MarkerProxy? _proxy;

    internal LabProcess Lab => _lab!;

    internal DrillRun Run { get; private set; } = null!;

    /// <summary>What the writer attached to both servers got committed.</summary>
    internal IReadOnlyList<CommittedRow> Rows { get; private set; } = [];

    /// <summary>Ids of all markers in the new primary's own table, read while the run stood between the switch and the way back.</summary>
    internal IReadOnlySet<string> SurvivorsAfterSwitch { get; private set; } = new HashSet<string>();

    /// <summary>Numbers of the outside writer's rows that the new primary had from the old one, read at the same time.</summary>
    internal IReadOnlySet<string> OutsideAfterSwitch { get; private set; } = new HashSet<string>();

    /// <summary>Of the old primary's transactions, those on the run's reconciliation list.</summary>
    internal IReadOnlyList<string> Listed { get; private set; } = [];

    internal IReadOnlyList<PassedMarker> Markers(string leg) => _proxy!.Of($"{Run.View.Mark}-{leg}-");

    public async Task InitializeAsync()
    {
        if (new PostgresFactAttribute().Skip is not null)
        {
            return;
        }

        Clear();
        _lab = await LabProcess.StartAsync(Path.Combine(_folder, "lab"), "--postgres");
        _proxy = await MarkerProxy.StartAsync(_lab);
        await using ServerProcess server = await ServerProcess.StartAsync(
            _lab.Estate, Path.Combine(_folder, "server"), more: [.. _lab.HostPrograms.SelectMany(program => new[] { "--allow-command", program })]);
        await using BothSidesWriter outside = await BothSidesWriter.StartAsync(_lab);
        Run = await DrillRun.ToEndAsync(server, _lab.People, Plan, ReadSurvivorsAsync);
        Rows = outside.Committed;
        using ApiClient api = server.Client(_lab.People.Requester);
        string pack = Path.Combine(_folder, "pack.zip");
        await api.ExportAsync(Run.View.Id, pack);
        Listed = [.. JsonNode.Parse(string.Concat(PackedMarkers.ReadObjects(pack, "reconciliation.json")[0]))!["transactions"]!.AsArray().Select(one => one!["xid"]!.GetValue<string>())];
    }

    public async Task DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        if (_lab is not null)
        {
            await _lab.DisposeAsync();
        }

        if (Run?.View.Outcome == "passed")
        {
            Clear();
        }
    }

    /// <summary>Ids of the markers in a site's own table.</summary>
    internal Task<IReadOnlySet<string>> MarkersInAsync(string site) => ColumnAsync(site, "SELECT id FROM ledger_entry WHERE starts_with(id, 'dro-')");

    /// <summary>The first column of all rows.</summary>
    internal async Task<IReadOnlySet<string>> ColumnAsync(string site, string sql)
    {
        await using var connection = new NpgsqlConnection(Lab.DatabaseOf(site));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync();
        var found = new HashSet<string>();
        while (await rows.ReadAsync())
        {
            found.Add(rows.GetValue(0).ToString()!);
        }

        return found;
    }

    private async Task ReadSurvivorsAsync(RunEvent happened)
    {
        if (happened is { Kind: "step.outcome", Step: "count-loss" })
        {
            SurvivorsAfterSwitch = await MarkersInAsync("dr");
            OutsideAfterSwitch = await ColumnAsync("dr", "SELECT number::text FROM outside WHERE site = 'primary'");
        }
    }

    private void Clear()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}

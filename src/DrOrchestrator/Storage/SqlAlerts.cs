using System.Text.Json.Nodes;
using Dapper;
using DrOrchestrator.Compliance.Alerts;
using DrOrchestrator.Evidence;
using DrOrchestrator.Time;

namespace DrOrchestrator.Storage;

/// <summary>Alerts, each event with its evidence in the same transaction.</summary>
internal sealed class SqlAlerts(Database database, WriteGate gate, ITransactionalEvidence evidence) : IAlerts
{
    private const string Select =
        "SELECT id AS Id, kind AS Kind, system AS System, subject AS Subject, severity AS Severity, text AS Text, raised_at AS RaisedAt, cleared_at AS ClearedAt FROM alert";

    public Task<IReadOnlyList<Alert>> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(Read(Select + " WHERE cleared_at IS NULL ORDER BY id", new { }));

    public Task<IReadOnlyList<Alert>> RecentAsync(int limit, CancellationToken cancellationToken) => Task.FromResult(Read(Select + " ORDER BY id DESC LIMIT @limit", new { limit }));

    public Task<IReadOnlyList<Alert>> RecordAsync(
        IReadOnlyList<AlertCondition> raised, IReadOnlyList<Alert> cleared, DateTimeOffset at, CancellationToken cancellationToken) => gate.WriteAsync(
        scope =>
        {
            var id = scope.Connection.ExecuteScalar<long>("SELECT COALESCE(MAX(id), 0) FROM alert", transaction: scope.Transaction);
            List<Alert> opened = [];
            foreach (var condition in raised)
            {
                var alert = new Alert(++id, condition.Kind, condition.System, condition.Subject, AlertKinds.All[condition.Kind].Severity, condition.Text, at, null);
                scope.Connection.Execute(
                    "INSERT INTO alert (id, kind, system, subject, severity, text, raised_at) VALUES (@Id, @Kind, @System, @Subject, @Severity, @Text, @raised)",
                    new { alert.Id, alert.Kind, alert.System, alert.Subject, alert.Severity, alert.Text, raised = at.ToUnixMicros() },
                    scope.Transaction);
                evidence.AppendWithin(scope, new EvidenceDraft("alert.raised", "system", null, alert.System, Payload(alert)));
                opened.Add(alert);
            }

            foreach (var alert in cleared)
            {
                scope.Connection.Execute("UPDATE alert SET cleared_at = @at WHERE id = @id", new { id = alert.Id, at = at.ToUnixMicros() }, scope.Transaction);
                evidence.AppendWithin(scope, new EvidenceDraft("alert.cleared", "system", null, alert.System, Payload(alert)));
            }

            return (IReadOnlyList<Alert>)opened;
        },
        cancellationToken);

    private static JsonObject Payload(Alert alert) => new()
    {
        ["alert"] = alert.Id,
        ["kind"] = alert.Kind,
        ["subject"] = alert.Subject,
        ["severity"] = alert.Severity,
        ["text"] = alert.Text,
        ["raisedAt"] = alert.RaisedAt.ToRfc3339(),
        ["clearedAt"] = alert.ClearedAt?.ToRfc3339(),
    };

    private IReadOnlyList<Alert> Read(string sql, object parameters)
    {
        using var connection = database.Open();
        return [.. connection.Query<Row>(sql, parameters).Select(row => row.ToAlert())];
    }

    /// <summary>A row as the database has it.</summary>
    private sealed class Row
    {
        public long Id { get; init; }

        public string Kind { get; init; } = "";

        public string System { get; init; } = "";

        public string Subject { get; init; } = "";

        public string Severity { get; init; } = "";

        public string Text { get; init; } = "";

        public long RaisedAt { get; init; }

        public long? ClearedAt { get; init; }

        public Alert ToAlert() => new(Id, Kind, System, Subject, Severity, Text, Micros.FromUnixMicros(RaisedAt), ClearedAt is { } at ? Micros.FromUnixMicros(at) : null);
    }
}
